using Shunt.Proxy.Metrics.Exposition;
using Shunt.Proxy.Options;
using Shunt.Testing;

namespace Shunt.Proxy.Tests.Metrics;

/// <summary>What Prometheus' own tool says of our page and our rules.</summary>
public sealed class PromtoolTests
{
    /// <summary>What it says of names that are kube-proxy's or Kubernetes', and so have to stay.</summary>
    private static readonly string[] KnownComplaints =
    [
        "kubeproxy_sync_proxy_rules_iptables_total non-counter metrics should not have \"_total\" suffix",
        "kubeproxy_sync_proxy_rules_no_local_endpoints_total non-counter metrics should not have \"_total\" suffix",
    ];

    [Theory]
    [InlineData(ProxyMode.Iptables)]
    [InlineData(ProxyMode.Nftables)]
    [InlineData(ProxyMode.Ipvs)]
    public async Task Promtool_has_nothing_to_say_of_the_page_but_of_names_that_are_not_ours_to_choose(object mode)
    {
        var page = new MetricsFixture((ProxyMode)mode).AllHappened().Text();

        var result = await PromtoolAsync(page, "check", "metrics");

        var complaints = (result.Output + result.Error).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Empty(complaints.Except(KnownComplaints));
    }

    [Fact]
    public async Task The_alert_rules_are_clean() => (await PromtoolAsync(null, "check", "rules", Repository.PathOf("manifests/alerts.yaml"))).EnsureSuccess();

    [Fact]
    public async Task The_alerts_come_when_they_should() =>
        (await PromtoolAsync(null, "test", "rules", Repository.PathOf("tests/Proxy.Tests/Metrics/alerts-test.yaml"))).EnsureSuccess();

    [Fact]
    public void Each_line_of_the_OpenMetrics_page_is_of_the_family_announced_last()
    {
        var lines = new MetricsFixture().AllHappened().Text(ExpositionFormat.OpenMetrics).Split('\n');
        var (name, type) = ("", "");
        foreach (var line in lines[..^2])
        {
            var words = line.Split(' ');
            if (words[1] == "TYPE") (name, type) = (words[2], words[3]);
            if (words[0] == "#") continue;
            string[] suffixes = type switch { "counter" => ["_total"], "histogram" => ["_bucket", "_sum", "_count"], _ => [""] };
            Assert.Contains(line.Split(' ', '{')[0], suffixes.Select(suffix => name + suffix));
        }

        Assert.Equal(["# EOF", ""], lines[^2..]);
    }

    private static Task<CommandResult> PromtoolAsync(string? input, params string[] arguments)
    {
        if (CommandRunner.Find("promtool") is null) Assert.Skip("needs promtool, which is not installed");
        return CommandRunner.RunAsync("promtool", arguments, input, TestContext.Current.CancellationToken);
    }
}
