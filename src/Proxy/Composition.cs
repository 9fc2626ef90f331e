using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Shunt.Backends;
using Shunt.Backends.Nftables;
using Shunt.Model;
using Shunt.Proxy.Cli;
using Shunt.Proxy.Demo;
using Shunt.Proxy.Health;
using Shunt.Proxy.Kubernetes;
using Shunt.Proxy.Logging;
using Shunt.Proxy.Metrics;
using Shunt.Proxy.Modes;
using Shunt.Proxy.Node;
using Shunt.Proxy.Options;
using Shunt.Proxy.Sources;
using Shunt.Proxy.State;
using Shunt.Proxy.Sync;

namespace Shunt.Proxy;

/// <summary>The whole object graph, wired by hand: one function for each command.</summary>
internal sealed partial class Composition
{
    private const int EventCapacity = 1024;
    private static readonly TimeSpan LoadTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeProvider Time = TimeProvider.System;

    private readonly ShuntOptions _options;
    private readonly ILoggerFactory _logging;
    private readonly ILogger _logger;
    private readonly LogLevelSwitch _level;
    private readonly string _nodeName;
    private readonly ProxyHealth _health;
    private readonly ClusterState _cluster;
    private readonly NodeView _node;

    private Composition(ShuntOptions options, ILoggerFactory logging, LogLevelSwitch level)
    {
        _options = options;
        _logging = logging;
        _logger = logging.CreateLogger<Composition>();
        _level = level;
        _nodeName = NodeName.Resolve(options.HostnameOverride);
        _health = new ProxyHealth(options.SyncPeriod * 2, Time);
        _cluster = new ClusterState(_nodeName, logging.CreateLogger<ClusterState>())
        {
            NodeReplaced = node => _health.NodeChanged(node.IsEligible),
        };
        _node = NodeView.Of(_nodeName, options, _cluster, NodeAddresses.Read);
    }

    /// <summary>The functions behind the commands.</summary>
    public static CommandFunctions Functions { get; } = new(
        (options, ct) => GuardAsync(options, static (it, ct) => it.RunAsync(ct), ct),
        (options, request, output, ct) => GuardAsync(options, (it, ct) => it.PlanAsync(request, output, ct), ct),
        (options, ct) => GuardAsync(options, static (it, ct) => it.CleanupAsync(ct), ct),
        (options, service, output, ct) => GuardAsync(options, (_, _) => Task.FromResult(ServicesCommand.Run(service, output, Console.Error)), ct),
        (options, output, ct) => GuardAsync(options, (_, ct) => DemoCommand.RunAsync(output, ct), ct));

    /// <summary>Runs a command; what the operator can mend is one line and exit code 1.</summary>
    private static async Task<int> GuardAsync(ShuntOptions options, Func<Composition, CancellationToken, Task<int>> command, CancellationToken ct)
    {
        var settings = LoggingSettings.Of(options);
        var level = settings.CreateSwitch();
        using var logging = LineLoggerProvider.CreateFactory(settings, level, Time);
        try
        {
            return await command(new Composition(options, logging, level), ct);
        }
        catch (AgentStoppedException e)
        {
            Log.RunFailed(logging.CreateLogger<Composition>(), e);
            return CommandLine.Failure;
        }
        catch (Exception e) when (e is ConfigurationException or KernelException or SysctlException)
        {
            await Console.Error.WriteLineAsync($"shunt: {e.Message}");
            return CommandLine.Failure;
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            return CommandLine.Failure;
        }
    }

    private async Task<int> PlanAsync(PlanRequest request, TextWriter output, CancellationToken ct)
    {
        await LoadAsync(CreateSource(LoadServer(requests: null)), ct);
        using var families = request.Against == PlanAgainst.Empty ? FamiliesWithoutKernel() : await FamiliesAsync(ct);
        var node = _node.Current();
        var plans = new List<FamilyPlan>();
        foreach (var dataplane in families.Create(node, _node.Primary(), prepare: false))
        {
            var desired = CreateSnapshots(dataplane.Family).Build(node, _node.NodePorts(node, dataplane.Family));
            plans.Add(new FamilyPlan(dataplane.Family, dataplane.Name, await dataplane.PlanAsync(desired, ct)));
        }

        return PlanPrinter.Print(plans, request.Output, output);
    }

    private async Task<int> CleanupAsync(CancellationToken ct)
    {
        var leftovers = new Leftovers(_options.IptablesVariant, _logging.CreateLogger<Leftovers>());
        var nftables = leftovers.RemoveTables([NftablesCleanup.OwnTable, NftablesCleanup.KubeProxyTable]);
        var iptables = await leftovers.RemoveIptablesAsync(ct);
        if (nftables == Cleaning.Impossible && iptables == Cleaning.Impossible) throw Unavailable();
        return nftables == Cleaning.Failed || iptables == Cleaning.Failed ? CommandLine.Failure : 0;
    }

    private static KernelException Unavailable() =>
        new("neither iptables nor nftables is available on this host" + (Environment.IsPrivilegedProcess ? "" : ": it takes root"));

    /// <summary>The families that work on this machine, in the mode that was asked for.</summary>
    /// <exception cref="KernelException">None does.</exception>
    private async Task<DataplaneFamilies> FamiliesAsync(CancellationToken ct) => _options.Mode == ProxyMode.Nftables
        ? NftablesFamilies.Probe(_options, _logging)
        : await IptablesFamilies.ProbeAsync(_options, _logging, ct);

    private DataplaneFamilies FamiliesWithoutKernel() => _options.Mode == ProxyMode.Nftables
        ? NftablesFamilies.WithoutKernel(_options, _logging)
        : IptablesFamilies.WithoutKernel(_options, _logging);

    private SnapshotBuilder CreateSnapshots(IpFamily family) => new(family, _cluster) { AllowExternalIps = _options.AllowServiceExternalIPs };

    /// <summary>The API server; null when the cluster's state comes from files.</summary>
    /// <param name="requests">Told of every request; null for nobody.</param>
    private ApiServerOptions? LoadServer(IRequestObserver? requests) => _options.From.Length > 0
        ? null
        : ClientConfig.Load(_options.Kubeconfig, _options.Master, Time, _logging.CreateLogger<KubernetesSource>()) with { Requests = requests };

    private IClusterSource CreateSource(ApiServerOptions? server) => server is null
        ? new FileSource(new FileSourceOptions { Path = _options.From, NodeName = _nodeName }, Time, _logging.CreateLogger<FileSource>())
        : new KubernetesSource(server, _nodeName, new ReflectorOptions(), Time, _logging.CreateLogger<KubernetesSource>());

    /// <summary>Takes in the state of the cluster as it is, once. A file that cannot be read, or a server that does not answer, is an error and not a wait.</summary>
    private async Task LoadAsync(IClusterSource source, CancellationToken ct)
    {
        if (source is FileSource files)
        {
            foreach (var listed in await files.LoadAsync(ct)) _cluster.Apply(listed);
            return;
        }

        if (source is KubernetesSource server) await server.CheckAsync(ct);
        var loaded = await WithEventsAsync(source, events => ClusterLoader.LoadAsync(_cluster, events, LoadTimeout, Time, ct), ct);
        if (!loaded) throw new ConfigurationException($"the state of the cluster did not come within {LoadTimeout.TotalSeconds} s");
    }

    private static ChannelReader<WatchEvent> NoEvents()
    {
        var none = Channel.CreateBounded<WatchEvent>(1);
        none.Writer.Complete();
        return none.Reader;
    }

    private static Task WithEventsAsync(IClusterSource source, Func<ChannelReader<WatchEvent>, Task> use, CancellationToken ct) =>
        WithEventsAsync(source, async events => { await use(events); return true; }, ct);

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
