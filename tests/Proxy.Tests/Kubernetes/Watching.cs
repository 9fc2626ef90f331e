using System.Collections.Immutable;
using System.Threading.Channels;
using Shunt.Proxy.Kubernetes;
using Shunt.Proxy.State;
using Shunt.Testing.Kubernetes;
using Shunt.Testing.Logging;

namespace Shunt.Proxy.Tests.Kubernetes;

/// <summary>A source that runs against a fake server, and what it has said so far.</summary>
internal sealed class Watching : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly Channel<WatchEvent> _events = Channel.CreateBounded<WatchEvent>(8);
    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
    private readonly Dictionary<(ObjectKind, ObjectKey), ClusterObject> _state = [];
    private readonly Task _running;

    private Watching(ApiServerOptions server, ReflectorOptions options)
    {
        _running = new KubernetesSource(server, "node-a", options, TimeProvider.System, Logger).RunAsync(_events.Writer, _stop.Token);
    }

    /// <summary>Fast for tests: hardly any back-off.</summary>
    public static ReflectorOptions Fast { get; } = new()
    {
        InitialBackoff = TimeSpan.FromMilliseconds(5),
        MaxBackoff = TimeSpan.FromMilliseconds(50),
        Random = Random.Shared,
    };

    public RecordingLogger Logger { get; } = new();

    /// <summary>All events so far, in order.</summary>
    public List<WatchEvent> Events { get; } = [];

    public static Watching Start(FakeApiServer server, ReflectorOptions? options = null, Credential? credential = null) =>
        Start(new ApiServerOptions { Server = ServerUrl.Parse(server.Url.ToString(), false)!, Credential = credential ?? Credential.None }, options);

    public static Watching Start(ApiServerOptions server, ReflectorOptions? options = null) => new(server, options ?? Fast);

    /// <summary>The names of the objects of a kind there are now.</summary>
    public string Names(ObjectKind kind) =>
        string.Join(" ", _state.Keys.Where(k => k.Item1 == kind).Select(static k => k.Item2).Order());

    /// <summary>The object as it is now; null when there is none.</summary>
    public ClusterObject? Get(ObjectKind kind, string ns, string name) => _state.GetValueOrDefault((kind, new ObjectKey(ns, name)));

    /// <summary>How many lists of a kind there have been.</summary>
    public int Lists(ObjectKind kind) => Events.OfType<WatchEvent.Listed>().Count(l => l.Kind == kind);

    /// <summary>Reads events until something is so.</summary>
    public async Task UntilAsync(Func<bool> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        limit.CancelAfter(Patience);
        while (!condition())
        {
            try
            {
                Apply(await _events.Reader.ReadAsync(limit.Token));
            }
            catch (OperationCanceledException) when (_running.IsFaulted)
            {
                await _running;
            }
            catch (OperationCanceledException)
            {
                Assert.Fail($"gave up waiting; {Events.Count} events; log:\n" + string.Join("\n", Logger.Lines.TakeLast(30)));
            }
        }
    }

    /// <summary>Waits for something that shows elsewhere than in events.</summary>
    public static async Task EventuallyAsync(Func<bool> condition)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < Patience, "gave up waiting");
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Reads events until all four lists are there.</summary>
    public Task UntilListedAsync() => UntilAsync(() => Enum.GetValues<ObjectKind>().All(k => Lists(k) > 0));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private void Apply(WatchEvent news)
    {
        Events.Add(news);
        switch (news)
        {
            case WatchEvent.Changed changed:
                _state[(changed.Object.Kind, changed.Object.Key)] = changed.Object;
                break;
            case WatchEvent.Deleted deleted:
                _state.Remove((deleted.Kind, deleted.Key));
                break;
            case WatchEvent.Listed listed:
                var keep = listed.Unreadable.ToImmutableHashSet();
                foreach (var key in _state.Keys.Where(k => k.Item1 == listed.Kind && !keep.Contains(k.Item2)).ToList()) _state.Remove(key);
                foreach (var item in listed.Objects) _state[(item.Kind, item.Key)] = item;
                break;
        }
    }
}
