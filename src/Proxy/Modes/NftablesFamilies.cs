using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Shunt.Backends;
using Shunt.Backends.Nftables;
using Shunt.Model;
using Shunt.Proxy.Options;

namespace Shunt.Proxy.Modes;

/// <summary>Makes the nftables dataplanes of this node.</summary>
internal sealed class NftablesFamilies : DataplaneFamilies
{
    private readonly bool _hasKernel;
    private readonly List<NftablesKernel> _kernels = [];

    private NftablesFamilies(ShuntOptions options, ImmutableArray<IpFamily> usable, bool hasKernel, ILogger logger)
        : base(options, usable, logger) => _hasKernel = hasKernel;

    /// <summary>Finds out which families work.</summary>
    /// <exception cref="KernelException">None does.</exception>
    public static NftablesFamilies Probe(ShuntOptions options, ILoggerFactory logging)
    {
        var logger = logging.CreateLogger<NftablesFamilies>();
        var usable = ImmutableArray.CreateBuilder<IpFamily>();
        var reason = "";
        foreach (var family in OfKernel(logger))
        {
            if (NftablesHost.Probe(family) is { } problem) Log.NftablesUnusable(logger, family, reason = problem);
            else usable.Add(family);
        }

        if (usable.Count > 0) return new NftablesFamilies(options, usable.ToImmutable(), hasKernel: true, logger);
        throw new KernelException(
            $"nftables is not available on this host: {reason}" + (Environment.IsPrivilegedProcess ? "" : "; it takes root"));
    }

    /// <summary>Both families, to plan without a kernel.</summary>
    public static NftablesFamilies WithoutKernel(ShuntOptions options, ILoggerFactory logging) =>
        new(options, Both, hasKernel: false, logging.CreateLogger<NftablesFamilies>());

    /// <inheritdoc/>
    public override Func<CancellationToken, Task>? Watch(Action<KernelChange> changed) => WatchRules(changed);

    /// <inheritdoc/>
    public override void Dispose()
    {
        foreach (var kernel in _kernels) kernel.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override IDataplane Create(IpFamily family, NodeInfo node, LocalDetector detector, bool prepare)
    {
        if (Options.NodePortAddresses.NamesLoopback(family)) Log.LocalhostNotSupported(Logger, family);
        var rules = new NftablesOptions
        {
            Family = family,
            Detector = detector,
            MasqueradeAll = Options.MasqueradeAll,
            MasqueradeBit = Options.MasqueradeBit,
        };
        IKernel<NftablesProgram, NftablesDelta> kernel = _hasKernel ? OpenKernel(family) : new NftablesEmptyKernel();
        return new Dataplane<NftablesProgram, NftablesDelta>("nftables", family, new NftablesCompiler(rules), new NftablesDiffer(family), kernel);
    }

    private NftablesKernel OpenKernel(IpFamily family)
    {
        var kernel = new NftablesKernel(family);
        _kernels.Add(kernel);
        Watch(kernel);
        return kernel;
    }
}
