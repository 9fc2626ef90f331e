using Shunt.Proxy.Options;
using Shunt.Testing;

namespace Shunt.Proxy.Tests.Metrics;

/// <summary>The table of metrics in docs/compatibility.md.</summary>
public sealed class CompatibilityDocumentTests
{
    [Fact]
    public void Every_metric_we_have_of_kube_proxy_has_a_row_and_every_row_a_metric()
    {
        var ours = new[] { ProxyMode.Iptables, ProxyMode.Nftables, ProxyMode.Ipvs }
            .SelectMany(static mode => new MetricsFixture(mode).Metrics.Registry.Families)
            .Select(static family => family.Description.Name)
            .Where(static name => name.StartsWith("kubeproxy_", StringComparison.Ordinal))
            .Distinct().Order(StringComparer.Ordinal);

        Assert.Equal(ours, Documented("kubeproxy_"));
    }

    [Fact]
    public void Every_metric_of_our_own_has_a_row_and_every_row_a_metric()
    {
        var ours = new MetricsFixture().Metrics.Registry.Families.Select(static family => family.Description.Name)
            .Where(static name => name.StartsWith("shunt_", StringComparison.Ordinal));

        Assert.Equal(ours, Documented("shunt_"));
    }

    private static IEnumerable<string> Documented(string prefix) =>
        File.ReadLines(Repository.PathOf("docs/compatibility.md"))
            .SkipWhile(static line => line != "## Metrics").Skip(1).TakeWhile(static line => !line.StartsWith("## ", StringComparison.Ordinal))
            .Where(line => line.StartsWith($"| `{prefix}", StringComparison.Ordinal))
            .Select(static line => line.Split('`')[1]).Order(StringComparer.Ordinal);
}
