using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Shunt.Backends;
using Shunt.Backends.Iptables;
using Shunt.Model;
using Shunt.Proxy.Node;
using Shunt.Proxy.Options;
using Shunt.Proxy.State;

namespace Shunt.Proxy;

/// <summary>Makes the iptables dataplanes of this node: one for each family that works.</summary>
/// <param name="options">The command line's.</param>
/// <param name="logging">Where loggers come from.</param>
/// <param name="hosts">What this machine can do, family by family; null to plan without a kernel, for both families.</param>
internal sealed class IptablesFamilies(ShuntOptions options, ILoggerFactory logging, IReadOnlyDictionary<IpFamily, IptablesHost>? hosts)
{
    private static readonly ImmutableArray<IpFamily> Both = [IpFamily.IPv4, IpFamily.IPv6];

    private readonly ILogger _logger = logging.CreateLogger<IptablesFamilies>();

    /// <summary>Finds out which variant this node uses and which families work.</summary>
    /// <exception cref="KernelException">None does.</exception>
    public static async Task<IReadOnlyDictionary<IpFamily, IptablesHost>> ProbeAsync(ShuntOptions options, ILoggerFactory logging, CancellationToken ct)
    {
        var logger = logging.CreateLogger<IptablesFamilies>();
        var variant = options.IptablesVariant switch
        {
            IptablesVariantChoice.Nft => IptablesVariant.Nft,
            IptablesVariantChoice.Legacy => IptablesVariant.Legacy,
            _ => await IptablesVariantProbe.DetectAsync(ct),
        };
        Log.UsingVariant(logger, variant, options.IptablesVariant);
        var kernel = new IpFamilies(logger);
        var hosts = new Dictionary<IpFamily, IptablesHost>();
        foreach (var family in Both)
        {
            if (!kernel.IsSupported(family)) continue;
            if (await IptablesHost.ProbeAsync(family, variant, ct) is { } host) hosts[family] = host;
            else Log.FamilyUnusable(logger, family, variant);
        }

        return hosts.Count > 0 ? hosts : throw Unavailable();
    }

    /// <summary>Removes what is ours, in both families; in both variants, unless one was asked for: leftovers may be in either.</summary>
    /// <exception cref="KernelException">Something could not be removed, or there are no tools to do it with.</exception>
    public static async Task CleanupAsync(IptablesVariantChoice choice, CancellationToken ct)
    {
        ImmutableArray<IptablesVariant> variants = choice switch
        {
            IptablesVariantChoice.Nft => [IptablesVariant.Nft],
            IptablesVariantChoice.Legacy => [IptablesVariant.Legacy],
            _ => [IptablesVariant.Nft, IptablesVariant.Legacy],
        };
        var usable = 0;
        foreach (var variant in variants)
        {
            foreach (var family in Both)
            {
                var tools = new IptablesTools(family, variant);
                if (await tools.VersionAsync(ct) is null) continue;
                usable++;
                await new IptablesKernel(tools, counts: false).CleanupAsync(ct);
            }
        }

        if (usable == 0) throw Unavailable();
    }

    /// <summary>The dataplanes, the primary family's first.</summary>
    /// <param name="node">This node.</param>
    /// <param name="primary">The family that must work.</param>
    /// <param name="prepare">Set the sysctls the rules rely on.</param>
    /// <exception cref="ConfigurationException">The options do not fit the node.</exception>
    /// <exception cref="KernelException">The primary family does not work here.</exception>
    public ImmutableArray<IDataplane> Create(NodeInfo node, IpFamily primary, bool prepare)
    {
        if (hosts is not null && !hosts.ContainsKey(primary)) throw new KernelException($"no support for primary IP family \"{primary}\"");
        ImmutableArray<IpFamily> families = [primary, .. Both.Where(family => family != primary && hosts?.ContainsKey(family) != false)];
        var findings = FamilyChecks.Check(options, node, primary, families.Length > 1);
        foreach (var warning in findings.Warnings) Log.Incomplete(_logger, warning);
        if (!findings.Errors.IsEmpty) throw new ConfigurationException(string.Join("; ", findings.Errors));
        var detection = LocalDetectors.Choose(options, node);
        if (!detection[primary].IsImplemented) WarnAboutDetection(node, primary);
        return [.. families.Select(family => Create(family, node, detection[family], prepare))];
    }

    private static KernelException Unavailable() =>
        new("iptables is not available on this host" + (Environment.IsPrivilegedProcess ? "" : ": it takes root"));

    private void WarnAboutLoopback(IpFamily family, bool served)
    {
        if (served || !options.NodePortAddresses.Cidrs.Any(cidr => cidr.Family == family && cidr.Address.IsLoopback)) return;
        if (family == IpFamily.IPv6) Log.LoopbackNotSupported(_logger, family);
        else Log.LoopbackDisabled(_logger, family);
    }

    private void WarnAboutDetection(NodeInfo node, IpFamily primary)
    {
        if (options.DetectLocalMode == DetectLocalMode.ClusterCidr) Log.NoClusterCidr(_logger, primary, options.ClusterCidrs);
        if (options.DetectLocalMode == DetectLocalMode.NodeCidr) Log.NoPodCidr(_logger, primary, node.PodCidrs);
        Log.NoLocalDetector(_logger);
    }

    private IDataplane Create(IpFamily family, NodeInfo node, LocalDetector detector, bool prepare)
    {
        var sysctls = new Sysctls(_logger);
        var host = hosts?[family];
        var localhost = family == IpFamily.IPv4 && options.LocalhostNodePorts
            && NodePortAddressResolver.ContainsIPv4Loopback(options.NodePortAddresses, node);
        if (localhost && prepare)
        {
            Log.RouteLocalnet(_logger, family);
            sysctls.Ensure(Sysctls.RouteLocalnet, 1);
        }

        WarnAboutLoopback(family, localhost);
        var liberal = host is not null && sysctls.ReadOr(Sysctls.ConntrackTcpBeLiberal, otherwise: 0) != 0;
        if (liberal) Log.TcpLiberal(_logger, family);
        var rules = new IptablesOptions
        {
            Family = family,
            Detector = detector,
            MasqueradeAll = options.MasqueradeAll,
            MasqueradeBit = options.MasqueradeBit,
            LocalhostNodePorts = localhost,
            RandomFully = host?.RandomFully ?? true,
            ConntrackTcpLiberal = liberal,
            CountsWithNfAcct = host?.CountsWithNfAcct ?? true,
        };
        IKernel<IptablesProgram, IptablesDelta> kernel =
            host is null ? new IptablesEmptyKernel() : new IptablesKernel(host.Tools, rules.CountsWithNfAcct);
        return new Dataplane<IptablesProgram, IptablesDelta>("iptables", family, new IptablesCompiler(rules), new IptablesDiffer(), kernel);
    }
}
