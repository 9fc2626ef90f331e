using System.Globalization;
using Microsoft.Extensions.Logging;
using Shunt.Netlink;
using Shunt.Netlink.Conntrack;
using Shunt.Netlink.Netfilter;
using Shunt.Proxy.Options;

namespace Shunt.Proxy.Node;

/// <summary>Sets the kernel's connection tracking as the options say, as kube-proxy does at its start.</summary>
internal sealed class ConntrackSysctls
{
    /// <summary>As many entries as CPUs can ever ask for, however many there are.</summary>
    internal const int LargestMax = 1_048_576;

    private const string Failure = "could not set conntrack parameters from kube-proxy configuration: ";
    private const string Max = "net/netfilter/nf_conntrack_max";
    private const string HashSize = "module/nf_conntrack/parameters/hashsize";

    private readonly Sysctls _sysctls;
    private readonly ILogger _logger;
    private readonly string _sysRoot;
    private readonly Action _loadModule;

    /// <param name="logger">Told what is set.</param>
    /// <param name="procRoot">Where parameters are: <c>/proc/sys</c>, but for tests.</param>
    /// <param name="sysRoot">Where modules and CPUs are: <c>/sys</c>, but for tests.</param>
    /// <param name="loadModule">Makes the kernel load connection tracking, if it can; null for the way that works.</param>
    public ConntrackSysctls(ILogger logger, string procRoot = "/proc/sys", string sysRoot = "/sys", Action? loadModule = null)
    {
        _sysctls = new Sysctls(logger, procRoot);
        _logger = logger;
        _sysRoot = sysRoot;
        _loadModule = loadModule ?? LoadModule;
    }

    /// <summary>Sets what is not as it should be, in kube-proxy's order; zero leaves a parameter alone.</summary>
    /// <exception cref="SysctlException">One could not be set; those after it were not tried.</exception>
    public void Apply(ConntrackOptions options)
    {
        try
        {
            var max = MaxOf(options, MachineCpus.Count(_sysRoot));
            if (max > 0) SetMax(max);
            SetSeconds("net/netfilter/nf_conntrack_tcp_timeout_established", options.TcpEstablishedTimeout);
            SetSeconds("net/netfilter/nf_conntrack_tcp_timeout_close_wait", options.TcpCloseWaitTimeout);
            if (options.TcpBeLiberal) _sysctls.Ensure(Sysctls.ConntrackTcpBeLiberal, 1);
            SetSeconds("net/netfilter/nf_conntrack_udp_timeout", options.UdpTimeout);
            SetSeconds("net/netfilter/nf_conntrack_udp_timeout_stream", options.UdpStreamTimeout);
        }
        catch (SysctlException e)
        {
            throw new SysctlException(Failure + e.Message, e);
        }
    }

    /// <summary>How many connections to track; zero for as many as the kernel does.</summary>
    internal static int MaxOf(ConntrackOptions options, int cpus)
    {
        if (options.MaxPerCore <= 0) return 0;
        var scaled = (long)options.MaxPerCore * cpus;
        return scaled > LargestMax ? LargestMax : Math.Max((int)scaled, options.Min);
    }

    /// <summary>The kernel loads ctnetlink, and with it connection tracking, for whoever first asks it something.</summary>
    private static void LoadModule()
    {
        try
        {
            using var table = ConntrackTable.Open();
            table.Dump(NetfilterFamily.NFPROTO_IPV4, null, "", static (_, _) => { });
        }
        catch (NetlinkException)
        {
            // Then the parameters stay missing, and that is the error to tell.
        }
    }

    private void SetMax(int max)
    {
        Log.SettingConntrackMax(_logger, max);
        if (!_sysctls.Exists(Max)) _loadModule();
        var current = _sysctls.Read(Max);
        try
        {
            _sysctls.Ensure(Max, max);
        }
        catch (SysctlException e) when (current >= max)
        {
            Log.ConntrackMaxStays(_logger, e.Message, current); // enough, and not ours to change
        }
        catch (SysctlException e)
        {
            throw new SysctlException(e.Message + Advice(), e);
        }

        SetHashSize(max / 4);
    }

    private void SetHashSize(int size)
    {
        var path = Path.Combine(_sysRoot, HashSize);
        try
        {
            var text = File.ReadAllText(path).Trim();
            if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var current))
            {
                throw new SysctlException($"{path} is \"{text}\", which is not a number");
            }

            if (current >= size) return;
            Log.SettingConntrackHashSize(_logger, size);
            File.WriteAllText(path, size.ToString(CultureInfo.InvariantCulture));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SysctlException($"cannot set the size of the conntrack table to {size} in {path}: {e.Message}{Advice()}", e);
        }
    }

    /// <summary>What can be done where the number of connections cannot be set.</summary>
    private string Advice() =>
        (_sysctls.Exists(Max) && _sysctls.IsReadOnly(Max)
            ? " (only the machine's own network namespace can: run with hostNetwork: true"
            : " (it takes a writable /proc/sys and /sys, as a privileged init container with --init-only has")
        + ", or leave it alone with conntrack.maxPerCore: 0)";

    private void SetSeconds(string name, TimeSpan timeout)
    {
        var seconds = timeout.Ticks / TimeSpan.TicksPerSecond;
        if (seconds > 0) _sysctls.Ensure(name, (int)Math.Min(seconds, int.MaxValue));
    }
}
