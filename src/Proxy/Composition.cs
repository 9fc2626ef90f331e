using System.Collections.Immutable;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Shunt.Backends;
using Shunt.Model;
using Shunt.Proxy.Cli;
using Shunt.Proxy.Demo;
using Shunt.Proxy.Kubernetes;
using Shunt.Proxy.Logging;
using Shunt.Proxy.Node;
using Shunt.Proxy.Options;
using Shunt.Proxy.Sources;
using Shunt.Proxy.State;
using Shunt.Proxy.Sync;

namespace Shunt.Proxy;

/// <summary>The whole object graph, wired by hand: one function for each command.</summary>
internal sealed class Composition
{
    private const int EventCapacity = 1024;
    private static readonly TimeSpan LoadTimeout = TimeSpan.FromSeconds(60);

    private readonly ShuntOptions _options;
    private readonly ILoggerFactory _logging;
    private readonly string _nodeName;
    private readonly ClusterState _cluster;
    private readonly NodeView _node;

    private Composition(ShuntOptions options, ILoggerFactory logging)
    {
        _options = options;
        _logging = logging;
        _nodeName = NodeName.Resolve(options.HostnameOverride);
        _cluster = new ClusterState(_nodeName, logging.CreateLogger<ClusterState>());
        _node = NodeView.Of(_nodeName, options, _cluster, NodeAddresses.Read);
    }

    /// <summary>The functions behind the commands.</summary>
    public static CommandFunctions Functions { get; } = new(
        (options, ct) => GuardAsync(options, static (it, ct) => it.RunAsync(ct), ct),
        (options, request, output, ct) => GuardAsync(options, (it, ct) => it.PlanAsync(request, output, ct), ct),
        (options, ct) => GuardAsync(options, static (it, ct) => it.CleanupAsync(ct), ct),
        (options, output, ct) => GuardAsync(options, (_, ct) => DemoCommand.RunAsync(output, ct), ct));

    /// <summary>Runs a command; what the operator can mend is one line and exit code 1.</summary>
    private static async Task<int> GuardAsync(ShuntOptions options, Func<Composition, CancellationToken, Task<int>> command, CancellationToken ct)
    {
        var level = new LogLevelSwitch(options.Verbosity, []);
        using var logging = LineLoggerProvider.CreateFactory(options.LoggingFormat, level, LogStreams.Standard(split: false), TimeProvider.System);
        try
        {
            return await command(new Composition(options, logging), ct);
        }
        catch (Exception e) when (e is ConfigurationException or AgentStoppedException or KernelException or SysctlException)
        {
            await Console.Error.WriteLineAsync($"shunt: {e.Message}");
            return CommandLine.Failure;
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            return CommandLine.Failure;
        }
    }

    private async Task<int> RunAsync(CancellationToken ct)
    {
        var source = CreateSource();
        var families = new IptablesFamilies(_options, _logging, await IptablesFamilies.ProbeAsync(_options, _logging, ct));
        var time = TimeProvider.System;
        var settings = new SyncSettings
        {
            MinSyncPeriod = _options.MinSyncPeriod,
            SyncPeriod = _options.SyncPeriod,
            NeedsPodCidrs = _options.DetectLocalMode == DetectLocalMode.NodeCidr,
        };
        var logger = _logging.CreateLogger<SyncLoop>();
        var loop = new SyncLoop(_cluster, _node, Start, settings, time, logger);

        if (_options.Once)
        {
            await LoadAsync(source, ct);
            return await loop.RunOnceAsync(NoEvents(), ct) ? 0 : CommandLine.Failure;
        }

        return await WithEventsAsync(source, SyncAsync, ct);

        async Task<int> SyncAsync(ChannelReader<WatchEvent> events)
        {
            await loop.RunAsync(events, ct);
            return 0;
        }

        ImmutableArray<FamilySync> Start(NodeInfo node)
        {
            var primary = NodeInfoResolver.PrimaryFamily(_cluster.Node, _options.BindAddress);
            return [.. families.Create(node, primary, prepare: true)
                .Select(dataplane => new FamilySync(dataplane, new SnapshotBuilder(dataplane.Family, _cluster), settings, [], time, logger))];
        }
    }

    private async Task<int> PlanAsync(PlanRequest request, TextWriter output, CancellationToken ct)
    {
        await LoadAsync(CreateSource(), ct);
        var hosts = request.Against == PlanAgainst.Empty ? null : await IptablesFamilies.ProbeAsync(_options, _logging, ct);
        var families = new IptablesFamilies(_options, _logging, hosts);
        var node = _node.Current();
        var plans = new List<FamilyPlan>();
        foreach (var dataplane in families.Create(node, NodeInfoResolver.PrimaryFamily(_cluster.Node, _options.BindAddress), prepare: false))
        {
            var desired = new SnapshotBuilder(dataplane.Family, _cluster).Build(node, _node.NodePorts(node, dataplane.Family));
            plans.Add(new FamilyPlan(dataplane.Family, dataplane.Name, await dataplane.PlanAsync(desired, ct)));
        }

        return PlanPrinter.Print(plans, request.Output, output);
    }

    private async Task<int> CleanupAsync(CancellationToken ct)
    {
        await IptablesFamilies.CleanupAsync(_options.IptablesVariant, ct);
        return 0;
    }

    private IClusterSource CreateSource()
    {
        if (_options.From.Length > 0)
        {
            return new FileSource(new FileSourceOptions { Path = _options.From, NodeName = _nodeName }, TimeProvider.System, _logging.CreateLogger<FileSource>());
        }

        var server = ClientConfig.Load(_options.Kubeconfig, _options.Master, TimeProvider.System);
        return new KubernetesSource(server, _nodeName, new ReflectorOptions(), TimeProvider.System, _logging.CreateLogger<KubernetesSource>());
    }

    /// <summary>Takes in the state of the cluster as it is, once. A file that cannot be read, or a server that does not answer, is an error and not a wait.</summary>
    private async Task LoadAsync(IClusterSource source, CancellationToken ct)
    {
        if (source is FileSource files)
        {
            foreach (var listed in await files.LoadAsync(ct)) _cluster.Apply(listed);
            return;
        }

        if (source is KubernetesSource server) await server.CheckAsync(ct);
        var loaded = await WithEventsAsync(source, events => ClusterLoader.LoadAsync(_cluster, events, LoadTimeout, TimeProvider.System, ct), ct);
        if (!loaded) throw new ConfigurationException($"the state of the cluster did not come within {LoadTimeout.TotalSeconds} s");
    }

    private static ChannelReader<WatchEvent> NoEvents()
    {
        var none = Channel.CreateBounded<WatchEvent>(1);
        none.Writer.Complete();
        return none.Reader;
    }

    /// <summary>Runs a source for as long as its events are used.</summary>
    private static async Task<T> WithEventsAsync<T>(IClusterSource source, Func<ChannelReader<WatchEvent>, Task<T>> use, CancellationToken ct)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var events = Channel.CreateBounded<WatchEvent>(new BoundedChannelOptions(EventCapacity) { SingleReader = true });
        var watching = WatchAsync(source, events.Writer, ending.Token);
        try
        {
            return await use(events.Reader);
        }
        finally
        {
            await ending.CancelAsync();
            await watching;
        }
    }

    private static async Task WatchAsync(IClusterSource source, ChannelWriter<WatchEvent> events, CancellationToken ct)
    {
        try
        {
            await source.RunAsync(events, ct);
            events.Complete();
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            events.Complete();
        }
        catch (Exception e)
        {
            events.Complete(e); // the reader must not wait for what will never come
            throw;
        }
    }
}
