using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Shunt.Model;
using Shunt.Proxy.Health;
using Shunt.Testing.Builders;
using Shunt.Testing.Network;
using static Shunt.Testing.Builders.Build;

namespace Shunt.Proxy.Tests.Health;

/// <summary>Rows 209 to 216 of 07, and section 2 of 06, over real sockets.</summary>
public sealed class ServiceHealthChecksTests : IAsyncDisposable
{
    private readonly HealthFixture _at = new();

    public ValueTask DisposeAsync() => _at.DisposeAsync();

    [Fact]
    public async Task A_service_is_listened_for_from_its_sync_to_its_end() // rows 209 to 212
    {
        var (port, other) = (_at.FreePort(), _at.FreePort());
        _at.Run().Sync();
        Assert.False(await _at.IsListeningAsync(port));

        _at.Cluster.Put(HealthFixture.Service("web", port));
        _at.Sync();
        Assert.Equal(Answer("web", 0, 503), (await _at.AskUntilAsync(port)).WithoutDate);

        _at.Cluster.Put(HealthFixture.Service("web", port, [.. Enumerable.Range(1, 18).Select(static i => $"10.1.0.{i}")]));
        _at.Sync();
        Assert.Equal(Answer("web", 18, 200), (await _at.AskAsync(port)).WithoutDate);

        _at.Cluster.Put(HealthFixture.Service("other", other, "10.1.0.1")).Delete(Slice("ns/web-1").Object);
        _at.Sync();
        Assert.Equal(Answer("other", 1, 200), (await _at.AskUntilAsync(other)).WithoutDate);
        Assert.Equal(Answer("web", 0, 503), (await _at.AskAsync(port)).WithoutDate);

        _at.Cluster.Delete(Svc("ns/web"));
        _at.Sync();
        await _at.UntilRefusedAsync(port);
        Assert.True(await _at.IsListeningAsync(other));
        Assert.Empty(_at.Failures);
    }

    [Theory]
    [InlineData("/", "GET")]
    [InlineData("/healthz?x=y", "POST")]
    [InlineData("/any/path", "DELETE")]
    [InlineData("/", "HEAD")]
    public async Task Path_and_method_do_not_matter(string path, string method)
    {
        var port = _at.FreePort();
        _at.Cluster.Put(HealthFixture.Service("web", port, "10.1.0.1"));
        _at.Run().Sync();
        var expected = (await _at.AskUntilAsync(port)).WithoutDate;

        var answer = await HttpExchange.GetAsync(new IPEndPoint(_at.V4, port), HealthFixture.Ct, path, method);

        Assert.Equal(method == "HEAD" ? expected[..(expected.IndexOf("\n\n", StringComparison.Ordinal) + 2)] : expected, answer.WithoutDate);
    }

    [Fact]
    public async Task While_the_proxy_is_unhealthy_no_service_is_healthy() // row 214
    {
        var port = _at.FreePort();
        _at.Cluster.Put(HealthFixture.Service("web", port, "10.1.0.1"));
        _at.Run().Sync();
        await _at.AskUntilAsync(port);

        _at.Proxy.Requested(IpFamily.IPv4);
        _at.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(Answer("web", 1, 503, proxyHealthy: false), (await _at.AskAsync(port)).WithoutDate);

        _at.Sync();
        Assert.Equal(Answer("web", 1, 200), (await _at.AskAsync(port)).WithoutDate);
    }

    [Fact]
    public async Task A_service_moves_to_another_port() // row 213
    {
        var (from, to) = (_at.FreePort(), _at.FreePort());
        _at.Cluster.Put(HealthFixture.Service("web", from, "10.1.0.1"));
        _at.Run().Sync();
        await _at.AskUntilAsync(from);

        _at.Cluster.Put(HealthFixture.Service("web", to, "10.1.0.1"));
        _at.Sync();

        await _at.AskUntilAsync(to);
        await _at.UntilRefusedAsync(from);
    }

    [Fact]
    public async Task Two_services_swap_their_ports_in_one_sync()
    {
        var (one, two) = (_at.FreePort(), _at.FreePort());
        _at.Cluster.Put(HealthFixture.Service("a", one, "10.1.0.1")).Put(HealthFixture.Service("b", two));
        _at.Run().Sync();
        await _at.AskUntilAsync(one);
        await _at.AskUntilAsync(two);

        _at.Cluster.Put(HealthFixture.Service("a", two, "10.1.0.1")).Put(HealthFixture.Service("b", one));
        _at.Sync();

        await _at.AskUntilAsync(one, static answer => answer.WithoutDate == Answer("b", 0, 503));
        await _at.AskUntilAsync(two, static answer => answer.WithoutDate == Answer("a", 1, 200));
        Assert.Empty(_at.Failures);
    }

    [Fact]
    public async Task Each_family_answers_at_its_own_addresses_with_its_own_count()
    {
        if (!Socket.OSSupportsIPv6) Assert.Skip("needs IPv6");
        var port = HealthFixture.FreePort(IPAddress.IPv6Loopback);
        _at.Cluster.Put(
            Svc("ns/web").ClusterIp("10.9.0.1", "fd00::1").Port(80).LoadBalancer("1.2.3.4").ExternalLocal(port).Object,
            Slice("ns/web-4").For("web").Port(8080).Endpoint("10.1.0.1", "test-node").Object,
            Slice("ns/web-6").For("web").Port(8080).Endpoint("fd00:1::1", "test-node").Endpoint("fd00:1::2", "test-node").Object);
        _at.Run().Sync();
        _at.NodePorts = HealthFixture.At(IPAddress.IPv6Loopback);
        _at.Sync(IpFamily.IPv6);

        Assert.Equal(Answer("web", 1, 200), (await _at.AskUntilAsync(port)).WithoutDate);
        Assert.Equal(Answer("web", 2, 200), (await _at.AskUntilAsync(port, address: IPAddress.IPv6Loopback)).WithoutDate);
    }

    [Theory]
    [InlineData("127.0.0.1", IpFamily.IPv4, IpFamily.IPv6)]
    [InlineData("::1", IpFamily.IPv6, IpFamily.IPv4)]
    public async Task Everywhere_means_every_address_of_the_family_and_of_no_other(string loopback, IpFamily family, IpFamily otherFamily)
    {
        if (!Socket.OSSupportsIPv6) Assert.Skip("needs IPv6");
        var address = IPAddress.Parse(loopback);
        var port = HealthFixture.FreePort(IPAddress.IPv6Any);
        _at.NodePorts = NodePortAddresses.Everywhere;
        _at.Cluster.Put(Svc("ns/web").ClusterIp("10.9.0.1", "fd00::1").Port(80).LoadBalancer("1.2.3.4").ExternalLocal(port).Object);

        _at.Run().Sync(family);

        await _at.AskUntilAsync(port, address: address);
        Assert.False(await _at.IsListeningAsync(port, otherFamily == IpFamily.IPv4 ? IPAddress.Loopback : IPAddress.IPv6Loopback));
    }

    [Fact]
    public async Task Only_the_chosen_addresses_are_listened_at_and_they_are_followed() // row 216
    {
        var (port, second) = (_at.FreePort(), Next(_at.V4));
        _at.Cluster.Put(HealthFixture.Service("web", port, "10.1.0.1"));
        _at.Run().Sync();
        await _at.AskUntilAsync(port);
        Assert.False(await _at.IsListeningAsync(port, second));
        using var open = await ConnectAsync(port);

        _at.NodePorts = HealthFixture.At(_at.V4, second);
        _at.Sync();
        await _at.AskUntilAsync(port, address: second);
        Assert.Equal(200, (await HttpExchange.SendAsync(open, HealthFixture.Ct))?.Code); // what stays is not disturbed

        _at.NodePorts = HealthFixture.At(second);
        _at.Sync();
        await _at.UntilRefusedAsync(port);
        Assert.True(await _at.IsListeningAsync(port, second));

        _at.NodePorts = HealthFixture.At();
        _at.Sync();
        await _at.UntilRefusedAsync(port, second);
        Assert.Empty(_at.Failures);
    }

    [Fact]
    public async Task Closing_cuts_connections_that_are_open()
    {
        var port = _at.FreePort();
        _at.Cluster.Put(HealthFixture.Service("web", port, "10.1.0.1"));
        _at.Run().Sync();
        await _at.AskUntilAsync(port);
        using var open = await ConnectAsync(port);
        Assert.Equal(200, (await HttpExchange.SendAsync(open, HealthFixture.Ct))?.Code);

        _at.Cluster.Delete(Svc("ns/web"));
        _at.Sync();

        Assert.Equal(0, await ReceiveAsync(open));
        Assert.False(await _at.IsListeningAsync(port));
    }

    [Fact]
    public async Task A_request_that_is_too_late_gets_an_empty_200()
    {
        var check = new ServiceHealthCheck(Key("ns/web"), IpFamily.IPv4, 30000) { LocalEndpoints = 1 };
        var body = new MemoryStream();
        var context = new DefaultHttpContext { Response = { Body = body } };
        check.Close();

        await new ServiceHealthPage(_at.Proxy, _at.Logger).HandleAsync(context, check);

        Assert.Equal((200, 0L, 0), (context.Response.StatusCode, body.Length, context.Response.Headers.Count));
        Assert.Equal((LogLevel.Error, "\"Received request for closed healthcheck\" service=\"ns/web\""), Assert.Single(_at.Logger.Lines));
    }

    [Fact]
    public async Task A_port_that_is_taken_is_told_and_tried_again_and_costs_no_other_service()
    {
        var (port, other, second) = (_at.FreePort(), _at.FreePort(), Next(_at.V4));
        var blocker = HealthCheckSocket.Listen(new IPEndPoint(second, port));
        _at.NodePorts = HealthFixture.At(_at.V4, second);
        _at.Cluster.Put(HealthFixture.Service("web", port, "10.1.0.1")).Put(HealthFixture.Service("other", other));
        _at.Run().Sync();

        await HealthFixture.UntilAsync(() => !_at.Failures.IsEmpty);
        Assert.Equal(
            [$"ns/web: node test-node failed to start healthcheck \"ns/web\" on port {port}: listen tcp4 {second}:{port}: Address already in use"],
            _at.Failures);
        Assert.Equal(1, _at.Logger.Count($"\"Failed to start healthcheck\" err=\"listen tcp4 {second}:{port}: Address already in use\" node=\"test-node\" service=\"ns/web\" port={port} retryingTime=\"5s\""));
        await _at.AskUntilAsync(other, address: second);
        Assert.False(await _at.IsListeningAsync(port)); // all of its addresses or none

        await FailAgainAsync(3);
        Assert.Equal([1, 1, 1], new[] { "5s", "10s", "20s" }.Select(wait => _at.Logger.Count($"retryingTime=\"{wait}\"")));
        blocker.Dispose();
        await HealthFixture.UntilAsync(async () =>
        {
            _at.Time.Advance(TimeSpan.FromSeconds(1));
            return await _at.IsListeningAsync(port) && await _at.IsListeningAsync(port, second);
        });
    }

    [Fact]
    public async Task A_new_address_that_cannot_be_had_does_not_cost_the_others()
    {
        var (port, second) = (_at.FreePort(), Next(_at.V4));
        _at.Cluster.Put(HealthFixture.Service("web", port, "10.1.0.1"));
        _at.Run().Sync();
        await _at.AskUntilAsync(port);

        using var blocker = HealthCheckSocket.Listen(new IPEndPoint(second, port));
        _at.NodePorts = HealthFixture.At(_at.V4, second);
        _at.Sync();

        await HealthFixture.UntilAsync(() => !_at.Failures.IsEmpty);
        Assert.True(await _at.IsListeningAsync(port));
    }

    [Fact]
    public async Task Thousands_of_changes_leave_no_socket_behind()
    {
        var ports = Enumerable.Range(0, 8).Select(_ => _at.FreePort()).ToArray();
        _at.Run().Sync();
        var sockets = 0;
        for (var turn = 0; turn < 2000; turn++)
        {
            var name = $"svc{turn % 4}";
            if (turn % 3 == 2) _at.Cluster.Delete(Svc($"ns/{name}"));
            else _at.Cluster.Put(HealthFixture.Service(name, ports[(turn * 5) % 8], "10.1.0.1"));
            _at.Sync();
            if (turn % 50 == 0) await TryAskAsync(ports[(turn * 5) % 8]);
            if (turn == 100) sockets = OpenSockets();
        }

        for (var i = 0; i < 4; i++) _at.Cluster.Put(HealthFixture.Service($"svc{i}", ports[i], "10.1.0.1"));
        _at.Sync();
        for (var i = 0; i < 4; i++) await _at.AskUntilAsync(ports[i], answer => answer.Body.Contains($"svc{i}", StringComparison.Ordinal));
        await HealthFixture.UntilAsync(() => OpenSockets() <= sockets + 200); // other tests have sockets, too; a leak would be above a thousand

        await _at.EndAsync();
        foreach (var port in ports) Assert.False(await _at.IsListeningAsync(port));
    }

    [Fact]
    public async Task Changes_that_nobody_takes_in_yet_are_merged()
    {
        var (first, last) = (_at.FreePort(), _at.FreePort());
        _at.Cluster.Put(HealthFixture.Service("gone", first, "10.1.0.1"));
        _at.Sync();
        _at.Cluster.Delete(Svc("ns/gone")).Put(HealthFixture.Service("web", first));
        _at.Sync();
        _at.Cluster.Put(HealthFixture.Service("web", last, "10.1.0.1"));
        _at.Sync();

        _at.Run();

        await _at.AskUntilAsync(last);
        Assert.False(await _at.IsListeningAsync(first));
        Assert.Equal(1, _at.Logger.Count("Opening healthcheck"));
    }

    private static string Answer(string name, int endpoints, int code, bool proxyHealthy = true)
    {
        var body = $"{{\n\t\"service\": {{\n\t\t\"namespace\": \"ns\",\n\t\t\"name\": \"{name}\"\n\t}},\n\t\"localEndpoints\": {endpoints},\n\t\"serviceProxyHealthy\": {(proxyHealthy ? "true" : "false")}\n}}";
        return $"HTTP/1.1 {(code == 200 ? "200 OK" : "503 Service Unavailable")}\nContent-Length: {body.Length}\nContent-Type: application/json\nX-Content-Type-Options: nosniff\nX-Load-Balancing-Endpoint-Weight: {endpoints}\n\n{body}";
    }

    private static IPAddress Next(IPAddress address)
    {
        var bytes = address.GetAddressBytes();
        bytes[3] ^= 1; // the fixture's are odd
        return new IPAddress(bytes);
    }

    private static int OpenSockets() => Directory.EnumerateFiles("/proc/self/fd").Count(static path =>
        new FileInfo(path).LinkTarget?.StartsWith("socket:", StringComparison.Ordinal) == true);

    private static async Task<int> ReceiveAsync(Socket socket)
    {
        try
        {
            return await socket.ReceiveAsync(new byte[1], HealthFixture.Ct);
        }
        catch (SocketException)
        {
            return 0;
        }
    }

    private async Task<Socket> ConnectAsync(ushort port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(new IPEndPoint(_at.V4, port), HealthFixture.Ct);
        return socket;
    }

    private async Task TryAskAsync(ushort port)
    {
        try
        {
            await _at.AskAsync(port);
        }
        catch (SocketException)
        {
            // Not open, or closed meanwhile.
        }
    }

    /// <summary>Lets time go by until there are so many failures.</summary>
    private Task FailAgainAsync(int failures) => HealthFixture.UntilAsync(() =>
    {
        if (_at.Failures.Count < failures) _at.Time.Advance(TimeSpan.FromSeconds(1));
        return _at.Failures.Count >= failures;
    });
}
