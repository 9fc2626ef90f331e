using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Shunt.Backends;
using Shunt.Model;
using Shunt.Proxy.Node;
using Shunt.Proxy.Options;

namespace Shunt.Proxy.Modes;

/// <summary>Makes the dataplanes of this node in one mode: one for each family that works.</summary>
/// <param name="options">The command line's.</param>
/// <param name="usable">The families that work.</param>
/// <param name="logger">Told what is unusual.</param>
internal abstract class DataplaneFamilies(ShuntOptions options, ImmutableArray<IpFamily> usable, ILogger logger) : IDisposable
{
    private RuleMonitor? _monitor;

    /// <summary>The families there are.</summary>
    public static ImmutableArray<IpFamily> Both { get; } = [IpFamily.IPv4, IpFamily.IPv6];

    /// <summary>The command line's.</summary>
    protected ShuntOptions Options => options;

    /// <summary>Told what is unusual.</summary>
    protected ILogger Logger => logger;

    /// <summary>The dataplanes, the primary family's first.</summary>
    /// <param name="node">This node.</param>
    /// <param name="primary">The family that must work.</param>
    /// <param name="prepare">Set the sysctls the rules rely on.</param>
    /// <exception cref="ConfigurationException">The options do not fit the node.</exception>
    /// <exception cref="KernelException">The primary family does not work here.</exception>
    public ImmutableArray<IDataplane> Create(NodeInfo node, IpFamily primary, bool prepare)
    {
        if (!usable.Contains(primary)) throw new KernelException($"no support for primary IP family \"{primary}\"");
        ImmutableArray<IpFamily> families = [primary, .. usable.Where(family => family != primary)];
        var findings = FamilyChecks.Check(options, node, primary, families.Length > 1);
        foreach (var warning in findings.Warnings) Log.Incomplete(logger, warning);
        if (!findings.Errors.IsEmpty) throw new ConfigurationException(string.Join("; ", findings.Errors));
        var detection = LocalDetectors.Choose(options, node);
        if (!detection[primary].IsImplemented) WarnAboutDetection(node, primary);
        return [.. families.Select(family => Create(family, node, detection[family], prepare))];
    }

    /// <summary>
    /// Begins to hear of changes that others make to what is ours in the kernel; to be called before <see cref="Create(NodeInfo, IpFamily, bool)"/>.
    /// </summary>
    /// <param name="changed">Told of each; must return at once.</param>
    /// <returns>What goes on hearing until it is cancelled; null where the kernel does not tell.</returns>
    public virtual Func<CancellationToken, Task>? Watch(Action<KernelChange> changed) => null;

    /// <inheritdoc/>
    public virtual void Dispose() => _monitor?.Dispose();

    /// <summary>Begins to hear of changes in nf_tables to what kernels call their own.</summary>
    /// <remarks>What is missed is found from time to time, so that being unable to listen is no reason not to run.</remarks>
    protected Func<CancellationToken, Task>? WatchRules(Action<KernelChange> changed)
    {
        try
        {
            var monitor = _monitor = RuleMonitor.Open();
            return ct => WatchAsync(monitor, changed, ct);
        }
        catch (KernelException e)
        {
            Log.NotWatched(logger, e.Message);
            return null;
        }
    }

    /// <summary>From now on it is heard of changes to what a kernel calls its own.</summary>
    protected void Watch(IWatchedKernel kernel) => _monitor?.Watch(kernel);

    /// <summary>The dataplane of one family.</summary>
    protected abstract IDataplane Create(IpFamily family, NodeInfo node, LocalDetector detector, bool prepare);

    /// <summary>The families this kernel has at all.</summary>
    protected static IEnumerable<IpFamily> OfKernel(ILogger logger)
    {
        var kernel = new IpFamilies(logger);
        return Both.Where(kernel.IsSupported);
    }

    private async Task WatchAsync(RuleMonitor monitor, Action<KernelChange> changed, CancellationToken ct)
    {
        try
        {
            await monitor.RunAsync(changed, ct);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // Asked to end.
        }
        catch (KernelException e)
        {
            Log.NotWatched(logger, e.Message);
        }
    }

    private void WarnAboutDetection(NodeInfo node, IpFamily primary)
    {
        if (options.DetectLocalMode == DetectLocalMode.ClusterCidr) Log.NoClusterCidr(logger, primary, options.ClusterCidrs);
        if (options.DetectLocalMode == DetectLocalMode.NodeCidr) Log.NoPodCidr(logger, primary, node.PodCidrs);
        Log.NoLocalDetector(logger);
    }
}
