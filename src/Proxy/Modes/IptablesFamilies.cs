using Microsoft.Extensions.Logging;
using Shunt.Backends;
using Shunt.Backends.Iptables;
using Shunt.Model;
using Shunt.Proxy.Node;
using Shunt.Proxy.Options;
using Shunt.Proxy.State;

namespace Shunt.Proxy.Modes;

/// <summary>Makes the iptables dataplanes of this node.</summary>
internal sealed class IptablesFamilies : DataplaneFamilies
{
    private readonly IptablesVariant _variant;
    private readonly IReadOnlyDictionary<IpFamily, IptablesHost>? _hosts;
    private readonly List<IDisposable> _kernels = [];

    /// <param name="options">The command line's.</param>
    /// <param name="variant">The variant to use.</param>
    /// <param name="hosts">What this machine can do, family by family; null to plan without a kernel, for both families.</param>
    /// <param name="logger">Told what is unusual.</param>
    private IptablesFamilies(ShuntOptions options, IptablesVariant variant, IReadOnlyDictionary<IpFamily, IptablesHost>? hosts, ILogger logger)
        : base(options, hosts is null ? Both : [.. Both.Where(hosts.ContainsKey)], logger)
    {
        _variant = variant;
        _hosts = hosts;
    }

    /// <summary>Finds out which variant this node uses and which families work.</summary>
    /// <exception cref="KernelException">None does.</exception>
    public static async Task<IptablesFamilies> ProbeAsync(ShuntOptions options, ILoggerFactory logging, CancellationToken ct)
    {
        var logger = logging.CreateLogger<IptablesFamilies>();
        var variant = options.IptablesVariant switch
        {
            IptablesVariantChoice.Nft => IptablesVariant.Nft,
            IptablesVariantChoice.Legacy => IptablesVariant.Legacy,
            _ => await IptablesVariantProbe.DetectAsync(ct),
        };
        Log.UsingVariant(logger, variant, options.IptablesVariant);
        var hosts = new Dictionary<IpFamily, IptablesHost>();
        foreach (var family in OfKernel(logger))
        {
            if (await IptablesHost.ProbeAsync(family, variant, ct) is { } host && CanWrite(host, options.IptablesWriter)) hosts[family] = host;
            else Log.FamilyUnusable(logger, family, variant);
        }

        if (hosts.Count > 0) return new IptablesFamilies(options, variant, hosts, logger);
        throw new KernelException("iptables is not available on this host" + (Environment.IsPrivilegedProcess ? "" : ": it takes root"));
    }

    /// <summary>Both families, to plan without a kernel.</summary>
    public static IptablesFamilies WithoutKernel(ShuntOptions options, ILoggerFactory logging) =>
        new(options, default, null, logging.CreateLogger<IptablesFamilies>());

    /// <inheritdoc/>
    protected override IDataplane Create(IpFamily family, NodeInfo node, LocalDetector detector, bool prepare)
    {
        var sysctls = new Sysctls(Logger);
        var host = _hosts?[family];
        var localhost = family == IpFamily.IPv4 && Options.LocalhostNodePorts
            && NodePortAddressResolver.ContainsIPv4Loopback(Options.NodePortAddresses, node);
        if (localhost && prepare)
        {
            Log.RouteLocalnet(Logger, family);
            sysctls.Ensure(Sysctls.RouteLocalnet, 1);
        }

        WarnAboutLoopback(family, localhost);
        var liberal = host is not null && sysctls.ReadOr(Sysctls.ConntrackTcpBeLiberal, otherwise: 0) != 0;
        if (liberal) Log.TcpLiberal(Logger, family);
        var rules = new IptablesOptions
        {
            Family = family,
            Detector = detector,
            MasqueradeAll = Options.MasqueradeAll,
            MasqueradeBit = Options.MasqueradeBit,
            LocalhostNodePorts = localhost,
            RandomFully = host?.RandomFully ?? true,
            ConntrackTcpLiberal = liberal,
            CountsWithNfAcct = host?.CountsWithNfAcct ?? true,
            Dispatch = Options.IptablesDispatch,
        };
        var kernel = host is null ? new IptablesEmptyKernel() : OpenKernel(family, host);
        return new Dataplane<IptablesProgram, IptablesDelta>("iptables", family, new IptablesCompiler(rules), new IptablesDiffer(), kernel);
    }

    /// <inheritdoc/>
    public override Func<CancellationToken, Task>? Watch(Action<KernelChange> changed) =>
        _variant == IptablesVariant.Nft && _hosts is not null ? WatchRules(changed) : null;

    /// <inheritdoc/>
    public override void Dispose()
    {
        foreach (var kernel in _kernels) kernel.Dispose();
        base.Dispose();
    }

    private static bool CanWrite(IptablesHost host, IptablesWriterChoice choice) => choice switch
    {
        IptablesWriterChoice.Direct => host.DirectProblem is null,
        IptablesWriterChoice.Restore => host.Tools is not null,
        _ => true,
    };

    private IKernel<IptablesProgram, IptablesDelta> OpenKernel(IpFamily family, IptablesHost host)
    {
        var direct = Options.IptablesWriter != IptablesWriterChoice.Restore;
        if (direct && host.DirectProblem is { } problem) Log.FallingBack(Logger, family, problem);
        var kernel = host.Open(host.CountsWithNfAcct, direct, Logger);
        if (kernel is IDisposable opened) _kernels.Add(opened);
        if (kernel is IWatchedKernel watched) Watch(watched);
        return kernel;
    }

    private void WarnAboutLoopback(IpFamily family, bool served)
    {
        if (served || !Options.NodePortAddresses.NamesLoopback(family)) return;
        if (family == IpFamily.IPv6) Log.LoopbackNotSupported(Logger, family);
        else Log.LoopbackDisabled(Logger, family);
    }
}
