using System.Collections.Immutable;
using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Shunt.Backends.Conntrack;
using Shunt.Backends.Nftables;
using Shunt.Model;
using Shunt.Proxy.Cli;
using Shunt.Proxy.Events;
using Shunt.Proxy.Health;
using Shunt.Proxy.Http;
using Shunt.Proxy.Kubernetes;
using Shunt.Proxy.Metrics;
using Shunt.Proxy.Metrics.Pages;
using Shunt.Proxy.Modes;
using Shunt.Proxy.Node;
using Shunt.Proxy.Options;
using Shunt.Proxy.Options.Configuration;
using Shunt.Proxy.Sync;

namespace Shunt.Proxy;

/// <summary>The agent as it runs: what watches, syncs, answers and reports.</summary>
internal sealed partial class Composition
{
    private async Task<int> RunAsync(CancellationToken ct)
    {
        var metrics = new ProxyMetrics(_options.Mode, VersionText.Own, _cluster, PacketCounters.Read, Time);
        var server = LoadServer(metrics.Requests);
        StartupReport.Write(_logger, _options);
        if (_options.InitOnly) return await InitializeAsync(server, ct);

        using var families = await FamiliesAsync(ct);
        TuneConntrack();
        using var recorder = server is null ? null : new EventRecorder(server, NodeName.HostName, Time, _logging.CreateLogger<EventRecorder>());
        var events = new AgentEvents((IEventRecorder?)recorder ?? new NoEvents(), _nodeName);
        using var addresses = new NodeAddressWatch(Time, _logging.CreateLogger<NodeAddressWatch>());
        var checks = new ServiceHealthChecks(
            _nodeName, _health, (service, note) => events.FailedToStartServiceHealthcheck(service.Namespace, service.Name, note), Time, _logging);
        var mode = ProxyMetrics.NameOf(_options.Mode);
        var leftovers = CreateLeftovers(metrics);
        ImmutableArray<ISyncObserver> observers =
            [_health, metrics, checks, Flows(addresses, metrics), new SyncEvents(events, mode), new SyncDetailLog(mode, Time, _logger), leftovers];
        var loop = CreateLoop(families, leftovers, addresses, observers);
        if (_options.Once)
        {
            await LoadAsync(CreateSource(server), ct);
            var inSync = await loop.RunOnceAsync(NoEvents(), ct);
            await leftovers.RemoveIfVerifiedAsync(ct);
            return inSync ? 0 : CommandLine.Failure;
        }

        OomScore.Apply(_options.OomScoreAdj, _logger);
        events.Starting();
        var background = new List<Func<CancellationToken, Task>> { addresses.RunAsync, checks.RunAsync, leftovers.RunAsync };
        if (families.Watch(loop.KernelChanged) is { } watch) background.Add(watch);
        if (recorder is not null) background.Add(recorder.RunAsync);
        if (_options.ConfigFile is { } file) background.Add(new ConfigFileWatch(file, _options.Configuration, Time, _logger).RunAsync);
        background.AddRange(Servers(metrics, events));
        await WithEventsAsync(CreateSource(server), events => TaskGroup.RunAsync(ct => loop.RunAsync(events, ct), background, ct), ct);
        return 0;
    }

    /// <summary>
    /// Does what takes full privileges (<c>--init-only</c>), so that the agent itself can do without: the kernel's parameters, once the node says
    /// which ones.
    /// </summary>
    private async Task<int> InitializeAsync(ApiServerOptions? server, CancellationToken ct)
    {
        using var families = await FamiliesAsync(ct);
        TuneConntrack();
        await LoadAsync(CreateSource(server), ct);
        families.Create(_node.Current(), _node.Primary(), prepare: true);
        Log.InitOnly(_logger);
        return 0;
    }

    private void TuneConntrack() => new ConntrackSysctls(_logging.CreateLogger<ConntrackSysctls>()).Apply(_options.Conntrack);

    private SyncLoop CreateLoop(
        DataplaneFamilies families, LeftoverRemoval leftovers, NodeAddressWatch addresses, ImmutableArray<ISyncObserver> observers)
    {
        var settings = SyncSettings.Of(_options);
        var logger = _logging.CreateLogger<SyncLoop>();
        var node = NodeView.Of(_nodeName, _options, _cluster, () => addresses.Current);
        var loop = new SyncLoop(_cluster, node, Start, settings, Time, logger);
        addresses.Changed += loop.AddressesChanged;
        return loop;

        ImmutableArray<FamilySync> Start(NodeInfo current)
        {
            var dataplanes = families.Create(current, node.Primary(), prepare: true);
            foreach (var dataplane in dataplanes)
            {
                _health.Started(dataplane.Family);
                leftovers.WaitFor(dataplane.Family);
            }

            return
            [
                .. dataplanes.Select(dataplane =>
                    new FamilySync(dataplane, CreateSnapshots(dataplane.Family), settings, observers, Time, logger)),
            ];
        }
    }

    private LeftoverRemoval CreateLeftovers(ProxyMetrics metrics)
    {
        var leftovers = new Leftovers(_options.IptablesVariant, _logging.CreateLogger<Leftovers>()) { TableFailed = metrics.NftablesCleanupFailed };
        return new LeftoverRemoval(_options.Mode == ProxyMode.Nftables ? RemoveOthersThanNftablesAsync : RemoveOthersThanIptables);

        Task RemoveOthersThanNftablesAsync(CancellationToken ct)
        {
            leftovers.RemoveTables([NftablesCleanup.KubeProxyTable]);
            return leftovers.RemoveIptablesAsync(ct);
        }

        Task RemoveOthersThanIptables(CancellationToken ct)
        {
            leftovers.RemoveTables([NftablesCleanup.OwnTable, NftablesCleanup.KubeProxyTable]);
            return Task.CompletedTask;
        }
    }

    private FlowCleanup Flows(NodeAddressWatch addresses, ProxyMetrics metrics) => new(
        new ConntrackSweeper(_logging.CreateLogger<ConntrackSweeper>()).Sweep,
        (desired, needsAddresses) => FlowScopes.Of(desired, needsAddresses ? addresses.Current : [], _options.Mode == ProxyMode.Iptables && _options.LocalhostNodePorts),
        metrics.Conntrack.Swept,
        Time,
        _logging.CreateLogger<FlowCleanup>());

    private IEnumerable<Func<CancellationToken, Task>> Servers(ProxyMetrics metrics, AgentEvents events)
    {
        if (_options.HealthzBindAddress is { } healthz)
        {
            var pages = new HealthPages(_health, Time, metrics.Health.Answered);
            yield return ct => ServeAsync("Healthz", healthz, pages.HandleAsync, events.FailedToStartProxierHealthcheck, ct);
        }

        metrics.Kubernetes.ShowFeatureGates(_options.Configuration.FeatureGates);
        var server = new MetricsServer(new MetricsServerOptions
        {
            Registry = metrics.Registry,
            Mode = ProxyMetrics.NameOf(_options.Mode),
            Version = VersionText.Own,
            Configuration = () => KubeProxyConfigurationJson.ToConfigz(_options.Configuration),
            Flags = _options.IsEnabled("ComponentFlagz") ? _options.Flags : null,
            Statusz = _options.IsEnabled("ComponentStatusz"),
            EnableProfiling = _options.EnableProfiling,
            SetVerbosity = verbosity => _level.Verbosity = verbosity,
            Time = Time,
        });
        yield return ct => ServeAsync("Metrics", _options.MetricsBindAddress, server.HandleAsync, events.FailedToStartMetricServer, ct);
    }

    private Task ServeAsync(string name, IPEndPoint address, RequestDelegate handler, Action<string> raise, CancellationToken ct)
    {
        return HttpServer.RunAsync(address, handler, BindFailed, _logging, Time, ct);

        void BindFailed(IOException e)
        {
            Log.ServerFailed(_logger, e, name, address);
            if (!_options.BindAddressHardFail) return;
            raise(e.Message);
            throw new AgentStoppedException($"failed to start the {name} server at {address}: {e.Message}");
        }
    }
}
