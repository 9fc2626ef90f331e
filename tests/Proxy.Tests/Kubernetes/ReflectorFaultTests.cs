using System.Text;
using Shunt.Proxy.Kubernetes;
using Shunt.Proxy.State;
using Shunt.Testing.Kubernetes;

namespace Shunt.Proxy.Tests.Kubernetes;

/// <summary>Whatever the server does, the source ends up with what the server has.</summary>
public sealed class ReflectorFaultTests
{
    private static Func<FakeRequest, bool> ServiceWatch { get; } = static r => r.Path == FakeApiServer.Services && r.IsWatch && !r.Has("sendInitialEvents=true");

    /// <summary>Short watches, so that the fault, which is for a watch that does not begin with a list, is met at once.</summary>
    private static ReflectorOptions Paged { get; } = Watching.Fast with { WatchList = false };

    [Fact]
    public async Task A_drop_in_the_middle_of_an_object_loses_nothing()
    {
        await using var server = await FakeApiServer.StartAsync();
        server.Put(FakeApiServer.Services, Wire.Service("a"));
        server.Fail(ServiceWatch, async context =>
        {
            await FakeFaults.Body(Wire.Frame("ADDED", "b", 102) + Wire.Frame("ADDED", "c", 103)[..60], abort: true)(context);
        });
        await using var watching = Watching.Start(server, Paged);
        await watching.UntilListedAsync();
        server.Put(FakeApiServer.Services, Wire.Service("b"));
        server.Put(FakeApiServer.Services, Wire.Service("c"));
        await watching.UntilAsync(() => watching.Names(ObjectKind.Service) == "shop/a shop/b shop/c");
        Assert.Equal(1, watching.Lists(ObjectKind.Service));
    }

    [Fact]
    public async Task A_drop_in_the_middle_of_the_initial_events_starts_them_again()
    {
        await using var server = await FakeApiServer.StartAsync();
        server.Put(FakeApiServer.Services, Wire.Service("a"));
        server.Put(FakeApiServer.Services, Wire.Service("b"));
        server.Fail(static r => r.Path == FakeApiServer.Services, FakeFaults.Body(Wire.Frame("ADDED", "a", 101), abort: true));
        await using var watching = Watching.Start(server);
        await watching.UntilListedAsync();
        Assert.Equal("shop/a shop/b", watching.Names(ObjectKind.Service));
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task An_expired_version_in_both_forms_makes_a_new_list(bool byStatus, bool watchList)
    {
        await using var server = await FakeApiServer.StartAsync();
        server.ExpiresByStatus = byStatus;
        server.Put(FakeApiServer.Services, Wire.Service("a"));
        server.Put(FakeApiServer.Services, Wire.Service("gone"));
        server.Fail(ServiceWatch, async context =>
        {
            server.Delete(FakeApiServer.Services, "shop/gone");
            server.Put(FakeApiServer.Services, Wire.Service("b"));
            server.Compact();
            await FakeFaults.Body("", abort: true)(context);
        });
        await using var watching = Watching.Start(server, Watching.Fast with { WatchList = watchList, WatchTimeout = TimeSpan.FromSeconds(1) });
        await watching.UntilAsync(() => watching.Names(ObjectKind.Service) == "shop/a shop/b");
        Assert.Equal(2, watching.Lists(ObjectKind.Service));
        Assert.Contains(watching.Logger.Lines, static l => l.Text.Contains("too old resource version", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(500, "InternalError")]
    [InlineData(503, "ServiceUnavailable")]
    [InlineData(403, "Forbidden")]
    [InlineData(401, "Unauthorized")]
    public async Task A_refused_request_is_tried_again(int code, string reason)
    {
        await using var server = await FakeApiServer.StartAsync();
        server.Put(FakeApiServer.Services, Wire.Service("a"));
        for (var i = 0; i < 4; i++) server.Fail(static r => r.Path == FakeApiServer.Services, FakeFaults.Status(code, reason, "services is no good"));
        await using var watching = Watching.Start(server);
        await watching.UntilListedAsync();
        Assert.Equal("shop/a", watching.Names(ObjectKind.Service));
        Assert.Contains(watching.Logger.Lines, l => l.Text.Contains("resource=\"services\"", StringComparison.Ordinal) && l.Text.Contains($"HTTP status {code}: services is no good", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Retry_After_is_honoured()
    {
        await using var server = await FakeApiServer.StartAsync();
        server.Fail(static r => r.Path == FakeApiServer.Services, FakeFaults.Status(429, "TooManyRequests", "slow down", retryAfter: 1));
        var began = TimeProvider.System.GetTimestamp();
        await using var watching = Watching.Start(server);
        await watching.UntilListedAsync();
        Assert.True(TimeProvider.System.GetElapsedTime(began) >= TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task A_rotated_token_is_read_again()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "first\n", TestContext.Current.CancellationToken);
        await using var server = await FakeApiServer.StartAsync();
        server.RequiredToken = "first";
        await using var watching = Watching.Start(server, Watching.Fast with { WatchTimeout = TimeSpan.FromSeconds(1) }, new TokenFileCredential(file));
        await watching.UntilListedAsync();

        server.RequiredToken = "second";
        await Watching.EventuallyAsync(() => watching.Logger.Count("HTTP status 401") > 0);
        await File.WriteAllTextAsync(file, "second\n", TestContext.Current.CancellationToken);
        server.Put(FakeApiServer.Services, Wire.Service("a"));
        await watching.UntilAsync(() => watching.Names(ObjectKind.Service) == "shop/a");
        Assert.Equal(1, watching.Lists(ObjectKind.Service));
        File.Delete(file);
    }

    [Fact]
    public async Task A_watch_that_falls_silent_is_abandoned()
    {
        await using var server = await FakeApiServer.StartAsync();
        server.Put(FakeApiServer.Services, Wire.Service("a"));
        server.Fail(ServiceWatch, FakeFaults.Silence(Wire.Frame("ADDED", "b", 101)));
        await using var watching = Watching.Start(server, Paged with { WatchTimeout = TimeSpan.FromSeconds(1), SilenceMargin = TimeSpan.FromMilliseconds(100) });
        await watching.UntilListedAsync();
        server.Put(FakeApiServer.Services, Wire.Service("c"));
        await watching.UntilAsync(() => watching.Names(ObjectKind.Service) == "shop/a shop/b shop/c");
        Assert.True(watching.Logger.Count("The watch is silent past its end; connecting anew\" resource=\"services\"") >= 1);
    }

    [Fact]
    public async Task A_server_that_never_ends_the_initial_events_is_asked_for_pages()
    {
        await using var server = await FakeApiServer.StartAsync();
        server.Put(FakeApiServer.Services, Wire.Service("a"));
        server.Fail(static r => r.Path == FakeApiServer.Services, FakeFaults.Silence(Wire.Frame("ADDED", "a", 101)));
        await using var watching = Watching.Start(server, Watching.Fast with { InitialEventsTimeout = TimeSpan.FromMilliseconds(300) });
        await watching.UntilAsync(() => watching.Lists(ObjectKind.Service) == 1);
        Assert.Equal("shop/a", watching.Names(ObjectKind.Service));
        Assert.Contains(server.Requests, static r => r.Path == FakeApiServer.Services && !r.IsWatch);
    }

    [Fact]
    public async Task Duplicate_and_late_events_do_not_bring_back_the_past()
    {
        await using var server = await FakeApiServer.StartAsync();
        server.Fail(ServiceWatch, FakeFaults.Silence(
            Wire.Frame("ADDED", "a", 201, "10.96.0.1") + Wire.Frame("MODIFIED", "a", 203, "10.96.0.3") + Wire.Frame("MODIFIED", "a", 202, "10.96.0.2")
            + Wire.Frame("MODIFIED", "a", 203, "10.96.0.3") + Wire.Frame("ADDED", "b", 204) + Wire.Frame("DELETED", "b", 206) + Wire.Frame("MODIFIED", "b", 205) + Wire.Frame("ADDED", "end", 207)));
        await using var watching = Watching.Start(server, Paged);
        await watching.UntilAsync(() => watching.Names(ObjectKind.Service).EndsWith("shop/end", StringComparison.Ordinal));
        Assert.Equal("shop/a shop/end", watching.Names(ObjectKind.Service));
        Assert.Equal("10.96.0.3", Assert.IsType<ServiceObject>(watching.Get(ObjectKind.Service, "shop", "a")).ClusterIps[0].ToString());
        Assert.Equal(4, watching.Events.OfType<WatchEvent.Changed>().Count());
    }

    [Fact]
    public async Task Odd_frames_cost_nobody_else_anything()
    {
        await using var server = await FakeApiServer.StartAsync();
        var big = Wire.Frame("ADDED", "big", 301).Replace("\"metadata\":{", $"\"metadata\":{{\"annotations\":{{\"x\":\"{new string('y', 1 << 20)}\"}},", StringComparison.Ordinal);
        byte[] invalidUtf8 = [.. Encoding.UTF8.GetBytes(Wire.Frame("ADDED", "utf8", 302).Replace("\"spec\":{", "\"future\":\"?\",\"spec\":{", StringComparison.Ordinal))];
        invalidUtf8[invalidUtf8.AsSpan().IndexOf("?"u8)] = 0xFF;
        await using var watching = Watching.Start(server);
        await watching.UntilListedAsync();
        await Watching.EventuallyAsync(() => server.Requests.Count == 4);

        server.SendRaw(big);
        server.SendRaw(invalidUtf8);
        server.SendRaw("{\"type\":\"FUTURE\",\"object\":{}}\n");
        server.SendRaw(Wire.Frame("ADDED", "quic", 303).Replace("\"port\":80", "\"port\":80,\"protocol\":\"QUIC\"", StringComparison.Ordinal));
        server.SendRaw(Wire.Frame("ADDED", "bad", 304).Replace("[{\"port\":80}]", "\"x\"", StringComparison.Ordinal));
        server.SendRaw("{\"type\":\"ADDED\",\"object\":{\"metadata\":{\"namespace\":\"shop\",\"name\":\"broken\"},]}}\n");
        server.SendRaw(Wire.Frame("ADDED", "end", 305));
        await watching.UntilAsync(() => watching.Names(ObjectKind.Service).Contains("shop/end", StringComparison.Ordinal));

        Assert.Equal("shop/big shop/end shop/quic shop/utf8", watching.Names(ObjectKind.Service));
        Assert.NotEmpty(watching.Get(ObjectKind.Service, "shop", "quic")!.Problems);
        Assert.Equal(1, watching.Logger.Count("err=\"spec.ports: is not a list\" resource=\"services\" name=\"shop/bad\""));
        Assert.Equal(1, watching.Logger.Count("resource=\"services\" name=\"shop/broken\""));
        Assert.Equal(1, watching.Lists(ObjectKind.Service));
    }

    [Fact]
    public async Task An_unreachable_server_is_waited_for()
    {
        var nowhere = new ApiServerOptions { Server = new Uri("http://127.0.0.1:1/"), Credential = Credential.None };
        await using var watching = Watching.Start(nowhere);
        await Watching.EventuallyAsync(() => watching.Logger.Count("\"Failed to watch\" err=") >= 3);
        Assert.Empty(watching.Events);
    }
}
