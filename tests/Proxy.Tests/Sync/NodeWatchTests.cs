using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Shunt.Proxy.State;
using Shunt.Proxy.Sync;
using Shunt.Testing.Builders;
using Shunt.Testing.Logging;

namespace Shunt.Proxy.Tests.Sync;

/// <summary>01 section 6.</summary>
public sealed class NodeWatchTests
{
    private static readonly SyncSettings Waits = new() { WaitsForNode = true };
    private static readonly SyncSettings WaitsForPodCidrs = new() { WaitsForNode = true, NeedsPodCidrs = true };

    private readonly FakeTimeProvider _time = new();
    private readonly RecordingLogger _logger = new();

    [Fact]
    public void A_node_with_an_address_is_waited_for_not_at_all()
    {
        var watch = Create(Waits);

        Assert.True(watch.IsReady(Build.Node().Addresses("192.0.2.1")));
        Assert.Equal(TimeSpan.Zero, watch.DueIn);
        Assert.Empty(_logger.Lines);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_node_that_is_missing_or_without_address_is_waited_for_30_seconds(bool exists)
    {
        var watch = Create(Waits);
        var node = exists ? Build.Node().Object : null;

        Assert.False(watch.IsReady(node));
        Assert.Equal(TimeSpan.FromSeconds(30), watch.DueIn);
        _time.Advance(TimeSpan.FromSeconds(29));
        Assert.False(watch.IsReady(node));
        Assert.Equal(TimeSpan.FromSeconds(1), watch.DueIn);
        _time.Advance(watch.DueIn);
        Assert.True(watch.IsReady(node));

        watch.Begin(node, Build.Ip("127.0.0.1"));
        Assert.Equal(exists ? 0 : 1, _logger.Count("Timed out waiting for node to exist"));
        Assert.Equal(exists ? 1 : 0, _logger.Count("Timed out waiting for node to be assigned IPs"));
        Assert.Equal(1, _logger.Count("Waiting for the node to exist"));
        Assert.Equal(1, _logger.Count("Can't determine this node's IP, assuming loopback; if this is incorrect, please set the --bind-address flag"));
        Assert.Equal(0, _logger.Count("Successfully retrieved NodeIPs"));
    }

    [Fact]
    public void Waiting_ends_as_soon_as_the_address_comes()
    {
        var watch = Create(Waits);
        Assert.False(watch.IsReady(null));
        _time.Advance(TimeSpan.FromSeconds(3));
        Assert.False(watch.IsReady(Build.Node()));

        NodeObject node = Build.Node().Addresses("192.0.2.1");
        Assert.True(watch.IsReady(node));
        watch.Begin(node, Build.Ip("192.0.2.1"));

        Assert.Equal(1, _logger.Count("Successfully retrieved NodeIPs"));
        Assert.Equal(0, _logger.Count("Timed out"));
        Assert.Equal(0, _logger.Count("assuming loopback"));
    }

    [Fact]
    public void A_complete_source_is_not_waited_for()
    {
        var watch = Create(new SyncSettings());

        Assert.True(watch.IsReady(null));
        watch.Begin(null, Build.Ip("127.0.0.1"));

        Assert.Equal(0, _logger.Count("Timed out"));
        Assert.Equal(1, _logger.Count("assuming loopback"));
    }

    [Fact]
    public void Pod_networks_are_waited_for_five_minutes_more()
    {
        var watch = Create(WaitsForPodCidrs);
        Assert.False(watch.IsReady(null));
        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.False(watch.IsReady(null));
        Assert.Equal(TimeSpan.FromMinutes(5), watch.DueIn);
        _time.Advance(TimeSpan.FromMinutes(5) - TimeSpan.FromSeconds(1));
        Assert.False(watch.IsReady(Build.Node()));

        Assert.True(watch.IsReady(Build.Node().PodCidrs("10.1.0.0/24")));
    }

    [Theory]
    [InlineData(false, "timeout waiting for node \"test-node\" to exist")]
    [InlineData(true, "timeout waiting for PodCIDR allocation on node \"test-node\"")]
    public void Without_pod_networks_the_agent_ends(bool exists, string message)
    {
        var watch = Create(WaitsForPodCidrs);
        var node = exists ? Build.Node().Addresses("192.0.2.1").Object : null;
        Assert.False(watch.IsReady(node));
        _time.Advance(watch.DueIn);
        if (!exists) Assert.False(watch.IsReady(node));
        _time.Advance(watch.DueIn);

        Assert.Equal(message, Assert.Throws<AgentStoppedException>(() => watch.IsReady(node)).Message);
    }

    [Fact]
    public void A_complete_source_without_pod_networks_ends_the_agent_at_once()
    {
        var watch = Create(new SyncSettings { NeedsPodCidrs = true });

        var e = Assert.Throws<AgentStoppedException>(() => watch.IsReady(null));

        Assert.Equal("node \"test-node\" does not exist, which --detect-local-mode=NodeCIDR needs", e.Message);
    }

    [Theory]
    [InlineData("10.2.0.0/24")]
    [InlineData("fd00:1::/64 10.1.0.0/24")] // the other order
    [InlineData("")]
    public void Other_pod_networks_end_the_agent_where_rules_are_made_of_them(string after)
    {
        string[] cidrs = after.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var watch = Begun(WaitsForPodCidrs, Build.Node().PodCidrs("10.1.0.0/24", "fd00:1::/64"));
        var indifferent = Begun(Waits, Build.Node().PodCidrs("10.1.0.0/24", "fd00:1::/64"));

        var e = Assert.Throws<AgentStoppedException>(() => watch.Check(Build.Node().PodCidrs(cidrs)));
        indifferent.Check(Build.Node().PodCidrs(cidrs));

        Assert.Equal("PodCIDRs changed for the node", e.Message);
        Assert.Equal(1, _logger.Count("PodCIDRs changed for the node"));
    }

    [Fact]
    public void Other_addresses_are_only_said_once_for_each_change()
    {
        var watch = Begun(WaitsForPodCidrs, Build.Node().Addresses("192.0.2.1").PodCidrs("10.1.0.0/24"));

        watch.Check(Build.Node().Addresses("192.0.2.1", "192.0.2.9").PodCidrs("10.1.0.0/24")); // a second address of the family does not count
        Assert.Equal(0, _logger.Count("NodeIPs changed for the node"));
        watch.Check(Build.Node().Addresses("192.0.2.2").PodCidrs("10.1.0.0/24"));
        watch.Check(Build.Node().Addresses("192.0.2.2").Zone("a").PodCidrs("10.1.0.0/24"));

        Assert.Equal(1, _logger.Count("NodeIPs changed for the node"));
    }

    [Fact]
    public void A_missing_node_is_an_error_and_a_change_is_news()
    {
        var watch = Begun(Waits, null);
        watch.Check(Build.Node().Addresses("192.0.2.1"));

        Assert.Contains(_logger.Lines, static line => line is (LogLevel.Error, var text) && text.Contains("to exist", StringComparison.Ordinal));
        Assert.Contains(_logger.Lines, static line => line is (LogLevel.Information, var text) && text.Contains("NodeIPs changed", StringComparison.Ordinal));
    }

    private NodeWatch Create(SyncSettings settings) => new("test-node", settings, _time, _logger);

    private NodeWatch Begun(SyncSettings settings, NodeObject? node)
    {
        var watch = Create(settings);
        watch.IsReady(node);
        watch.Begin(node, Build.Ip("192.0.2.1"));
        return watch;
    }
}
