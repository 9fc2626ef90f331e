using System.Diagnostics;
using System.Globalization;
using Shunt.Testing.Kubernetes;
using Shunt.Testing.Network;

namespace Shunt.Bench;

/// <summary>One agent and its cluster, from its start to its end.</summary>
internal sealed class WholeAgentRun : IAsyncDisposable
{
    private const int SamplesInSoak = 200;
    private const string Bookmark = """{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"$RV"}}}""" + "\n";

    private readonly WholeAgentOptions _options;
    private readonly int _services;
    private readonly int _endpoints;
    private readonly List<IAsyncDisposable> _parts = [];
    private FakeApiServer _server = null!; // set by StartAsync before anybody has the run
    private ScratchNamespace _node = null!; // as above
    private WholeAgentProcess _agent = null!; // as above
    private long _started;
    private int _next;

    private WholeAgentRun(WholeAgentOptions options, int services, int endpoints)
    {
        _options = options;
        _services = services;
        _endpoints = endpoints;
    }

    /// <summary>Makes the cluster and starts the agent.</summary>
    public static async Task<WholeAgentRun> StartAsync(WholeAgentOptions options, int services, int endpoints)
    {
        var run = new WholeAgentRun(options, services, endpoints);
        try
        {
            await run.StartAsync();
            return run;
        }
        catch
        {
            await run.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits for the first sync.</summary>
    public async Task<WholeAgentResult> SyncAsync()
    {
        await _agent.SyncedAsync(_services);
        var elapsed = Stopwatch.GetElapsedTime(_started);
        var after = await _agent.QuietAsync();
        return new WholeAgentResult("sync", _services, _endpoints, 0)
        {
            After = after,
            Cpu = after.Cpu,
            ToolsCpu = after.ChildrenCpu,
            Elapsed = elapsed,
            Syncs = _agent.Syncs,
        };
    }

    /// <summary>Replaces endpoints, one of a Service each time, and waits until the last is in the kernel.</summary>
    public Task<WholeAgentResult> ChangeAsync(int changes) => ChangeAsync("changes", changes, sampleEvery: int.MaxValue);

    /// <summary>The same for long, with a look at the memory now and then.</summary>
    public Task<WholeAgentResult> SoakAsync(int changes) => ChangeAsync("soak", changes, Math.Max(1, changes / SamplesInSoak));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var part in Enumerable.Reverse(_parts)) await part.DisposeAsync();
        _parts.Clear();
    }

    private async Task StartAsync()
    {
        _node = Keep(await ScratchNamespace.CreateAsync("bench", CancellationToken.None));
        _server = Keep(await FakeApiServer.StartAsync());
        var relay = Keep(_node.Net.Run(() => new FreezableRelay(_server.Url))); // the agent's door to the server, which is outside
        _server.Put(FakeApiServer.Nodes, """{"metadata":{"name":"node-1"},"status":{"addresses":[{"type":"InternalIP","address":"192.0.2.1"}]}}""");
        for (var i = 0; i < _services; i++)
        {
            _server.Put(FakeApiServer.Services, ApiServerShapedJson.Service(i));
            _server.Put(FakeApiServer.EndpointSlices, ApiServerShapedJson.EndpointSlice(i, _endpoints));
        }

        _server.Compact();
        _started = Stopwatch.GetTimestamp();
        _agent = Keep(WholeAgentProcess.Start(
            _node, _options.Executable, "run", "--master", relay.Url.ToString(), "--hostname-override", "node-1", "--cluster-cidr", "10.128.0.0/9",
            "--shunt-iptables-variant", _options.Variant, "--iptables-min-sync-period", "50ms", "-v", "2"));
    }

    private T Keep<T>(T part)
        where T : IAsyncDisposable
    {
        _parts.Add(part);
        return part;
    }

    private async Task<WholeAgentResult> ChangeAsync(string scenario, int changes, int sampleEvery)
    {
        var (before, syncs, start) = (_agent.Usage(), _agent.Syncs, Stopwatch.GetTimestamp());
        var samples = new List<double>();
        for (var done = 0; done < changes;)
        {
            // A Service that changed twice between two syncs would count as one change, and be waited for in vain.
            var batch = Math.Min(Math.Min(_options.Batch, _services), changes - done);
            for (var i = 0; i < batch; i++) _server.Put(FakeApiServer.EndpointSlices, NextChange());
            await _agent.ChangedAsync(batch);
            if (done / sampleEvery != (done + batch) / sampleEvery) samples.Add(_agent.Usage().Rss);
            done += batch;

            // As a real server does, so that no watch has to begin anew from a version that is forgotten.
            _server.SendRaw(Bookmark.Replace("$RV", _server.Version.ToString(CultureInfo.InvariantCulture)));
            _server.Compact();
        }

        var elapsed = Stopwatch.GetElapsedTime(start);
        await VerifyAsync();
        var after = await _agent.QuietAsync();
        return new WholeAgentResult(scenario, _services, _endpoints, changes)
        {
            After = after,
            Cpu = after.Cpu - before.Cpu,
            ToolsCpu = after.ChildrenCpu - before.ChildrenCpu,
            Elapsed = elapsed,
            Syncs = _agent.Syncs - syncs,
            Samples = samples,
        };
    }

    /// <summary>The next Service's slice, its last endpoint another one than before.</summary>
    private string NextChange()
    {
        var change = _next++;
        return ApiServerShapedJson.EndpointSlice(change % _services, _endpoints, 1 + change / _services);
    }

    /// <summary>The log is the agent's word; the kernel's is what counts.</summary>
    private async Task VerifyAsync()
    {
        var last = _next - 1;
        var slice = ApiServerShapedJson.EndpointSlice(last % _services, _endpoints, 1 + last / _services);
        var start = slice.LastIndexOf("\"addresses\":[\"", StringComparison.Ordinal) + "\"addresses\":[\"".Length;
        var destination = $"--to-destination {slice[start..slice.IndexOf('"', start)]}:8080\n";
        var rules = (await _node.RunAsync(_options.SaveTool, ["-t", "nat"], null, CancellationToken.None)).EnsureSuccess().Output;
        if (!rules.Contains(destination, StringComparison.Ordinal)) throw new InvalidOperationException($"the kernel has no rule with \"{destination.Trim()}\"");
        var endpoints = rules.AsSpan().Count("--to-destination ");
        if (endpoints != _services * _endpoints) throw new InvalidOperationException($"the kernel has {endpoints} endpoints, not {_services * _endpoints}");
    }
}
