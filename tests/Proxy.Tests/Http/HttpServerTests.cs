using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Shunt.Proxy.Http;
using Shunt.Testing.Network;

namespace Shunt.Proxy.Tests.Http;

public sealed class HttpServerTests
{
    private static readonly IPEndPoint AnyPort = new(IPAddress.Loopback, 0);

    [Fact]
    public async Task Requests_reach_the_handler_and_nothing_names_the_server()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var server = await HttpServer.StartAsync(AnyPort, static context => context.Response.WriteAsync("path " + context.Request.Path), NullLoggerFactory.Instance, ct);
        using var client = new HttpClient();

        var answer = await client.GetAsync($"http://{server.Address}/x", ct);

        Assert.Equal("path /x", await answer.Content.ReadAsStringAsync(ct));
        Assert.Empty(answer.Headers.Server);
    }

    [Fact]
    public async Task An_address_that_is_taken_is_an_error_and_is_free_after_the_server_is_gone()
    {
        var ct = TestContext.Current.CancellationToken;
        var first = await HttpServer.StartAsync(AnyPort, static _ => Task.CompletedTask, NullLoggerFactory.Instance, ct);

        await Assert.ThrowsAsync<IOException>(() => HttpServer.StartAsync(first.Address, static _ => Task.CompletedTask, NullLoggerFactory.Instance, ct));
        await first.DisposeAsync();
        await using var second = await HttpServer.StartAsync(first.Address, static _ => Task.CompletedTask, NullLoggerFactory.Instance, ct);

        Assert.Equal(first.Address, second.Address);
    }

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("::")]
    public async Task Everywhere_means_both_families(string everywhere)
    {
        if (!Socket.OSSupportsIPv6) Assert.Skip("needs IPv6");
        var ct = TestContext.Current.CancellationToken;
        await using var server = await HttpServer.StartAsync(new IPEndPoint(IPAddress.Parse(everywhere), 0), static _ => Task.CompletedTask, NullLoggerFactory.Instance, ct);

        foreach (var loopback in new[] { IPAddress.Loopback, IPAddress.IPv6Loopback })
        {
            Assert.Equal(200, (await HttpExchange.GetAsync(new IPEndPoint(loopback, server.Address.Port), ct)).Code);
        }
    }

    [Fact]
    public async Task Bind_failures_are_told_and_may_end_the_attempts()
    {
        var ct = TestContext.Current.CancellationToken;
        using var taken = new TcpListener(AnyPort);
        taken.Start();

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => HttpServer.RunAsync(
            (IPEndPoint)taken.LocalEndpoint, static _ => Task.CompletedTask, static e => throw new InvalidOperationException(e.Message), NullLoggerFactory.Instance, TimeProvider.System, ct));

        Assert.Contains(taken.LocalEndpoint.ToString()!, failure.Message, StringComparison.Ordinal);
    }
}
