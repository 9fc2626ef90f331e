using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Shunt.Proxy.Node;

/// <summary>The kernel's parameters. Names are paths, as in <c>net/ipv4/conf/all/route_localnet</c>.</summary>
/// <param name="logger">Told what was set.</param>
/// <param name="root">Where they are: <c>/proc/sys</c>, but for tests.</param>
internal sealed class Sysctls(ILogger logger, string root = "/proc/sys")
{
    /// <summary>Lets packets for 127.0.0.0/8 be routed, which node ports at localhost need.</summary>
    public const string RouteLocalnet = "net/ipv4/conf/all/route_localnet";

    /// <summary>Connection tracking does not call a TCP packet outside the window invalid.</summary>
    public const string ConntrackTcpBeLiberal = "net/netfilter/nf_conntrack_tcp_be_liberal";

    private const string WhoMay = "(in a container without privileges, the init container sets it: --init-only)";

    /// <summary>The kernel has the parameter: its module, if it belongs to one, is loaded.</summary>
    public bool Exists(string name) => File.Exists(Path.Combine(root, name));

    /// <summary>Nobody can set the parameter here, as is said of some in network namespaces other than the machine's own.</summary>
    public bool IsReadOnly(string name) => File.GetAttributes(Path.Combine(root, name)).HasFlag(FileAttributes.ReadOnly);

    /// <summary>The value of a parameter.</summary>
    /// <exception cref="SysctlException">There is no such parameter, it cannot be read, or it is not a number.</exception>
    public int Read(string name)
    {
        var path = Path.Combine(root, name);
        string text;
        try
        {
            text = File.ReadAllText(path).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SysctlException($"cannot read the kernel parameter {name}: {e.Message}", e);
        }

        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)) return value;
        throw new SysctlException($"the kernel parameter {name} is \"{text}\", which is not a number");
    }

    /// <summary>The value of a parameter; <paramref name="otherwise"/> when the kernel does not have it (a module that is not loaded).</summary>
    /// <exception cref="SysctlException">It cannot be read, or it is not a number.</exception>
    public int ReadOr(string name, int otherwise) => Exists(name) ? Read(name) : otherwise;

    /// <summary>Gives a parameter a value, unless it has it: it may be right and not ours to write.</summary>
    /// <exception cref="SysctlException">It cannot be read or written.</exception>
    public void Ensure(string name, int value)
    {
        if (Read(name) == value) return;
        try
        {
            File.WriteAllText(Path.Combine(root, name), value.ToString(CultureInfo.InvariantCulture));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SysctlException($"cannot set the kernel parameter {name} to {value}: {e.Message} {WhoMay}", e);
        }

        Log.SysctlSet(logger, name, value);
    }
}
