using Microsoft.Extensions.Logging.Abstractions;
using Shunt.Model;
using Shunt.Proxy.Options;
using Shunt.Proxy.Sources;
using Shunt.Proxy.State;
using Shunt.Testing;

namespace Shunt.Proxy.Tests.Metrics;

/// <summary>Our page beside the recorded one of kube-proxy, for the same cluster.</summary>
public sealed class GoldenMetricsTests
{
    private const string Node = "peer-node";

    [Theory]
    [InlineData(ProxyMode.Iptables, "iptables-legacy")]
    [InlineData(ProxyMode.Nftables, "nftables")]
    public async Task Every_series_of_kube_proxy_is_on_our_page(object mode, string recorded)
    {
        var (theirs, ours) = await PagesAsync((ProxyMode)mode, recorded);

        var missing = theirs.Samples.Keys.Where(IsKubeProxy).Except(ours.Samples.Keys);

        Assert.Empty(missing);
        Assert.True(theirs.Samples.Keys.Count(IsKubeProxy) > 100); // the page was read at all
    }

    [Theory]
    [InlineData(ProxyMode.Iptables, "iptables-legacy")]
    [InlineData(ProxyMode.Nftables, "nftables")]
    public async Task Help_texts_and_types_are_the_same(object mode, string recorded)
    {
        var (theirs, ours) = await PagesAsync((ProxyMode)mode, recorded);
        foreach (var name in theirs.Help.Keys.Where(name => IsShared(name, ours)))
        {
            Assert.Equal((name, theirs.Types[name], theirs.Help[name]), (name, ours.Types[name], ours.Help[name]));
        }
    }

    [Fact]
    public async Task What_the_cluster_decides_has_the_same_value()
    {
        var (theirs, ours) = await PagesAsync(ProxyMode.Iptables, "iptables-legacy");
        string[] decided =
        [
            "kubeproxy_sync_proxy_rules_no_local_endpoints_total", "kubeproxy_sync_proxy_rules_service_changes_total",
            "kubeproxy_sync_proxy_rules_endpoint_changes_total", "kubeproxy_sync_proxy_rules_service_changes_pending",
        ];

        var expected = theirs.Samples.Where(sample => decided.Contains(sample.Key.Split('{')[0])).OrderBy(static sample => sample.Key, StringComparer.Ordinal).ToList();

        Assert.Equal(7, expected.Count);
        Assert.Equal(expected, expected.Select(sample => KeyValuePair.Create(sample.Key, ours[sample.Key])));
    }

    private static bool IsKubeProxy(string sample) => sample.StartsWith("kubeproxy_", StringComparison.Ordinal);

    private static bool IsShared(string name, ExposedPage ours) => IsKubeProxy(name) || ours.Help.ContainsKey(name);

    private static async Task<(ExposedPage Theirs, ExposedPage Ours)> PagesAsync(ProxyMode mode, string recorded)
    {
        var ct = TestContext.Current.CancellationToken;
        var theirs = ExposedPage.Parse(await File.ReadAllTextAsync(Repository.GoldenOrSkip($"http/{recorded}.metrics"), ct));
        var cluster = new ClusterState(Node, NullLogger.Instance);
        var fixture = new MetricsFixture(mode, cluster, new NodeInfo { Name = Node, Zone = "zone-a" });
        var options = new FileSourceOptions { Path = Repository.GoldenOrSkip("cluster.json"), NodeName = Node };
        foreach (var listed in await new FileSource(options, TimeProvider.System, NullLogger.Instance).LoadAsync(ct)) cluster.Apply(listed);
        return (theirs, fixture.AllHappened().Page());
    }
}
