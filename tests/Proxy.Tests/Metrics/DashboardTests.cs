using System.Text.Json;
using System.Text.RegularExpressions;
using Shunt.Proxy.Options;
using Shunt.Testing;

namespace Shunt.Proxy.Tests.Metrics;

/// <summary>The dashboard and the alert rules ask for nothing that is not there.</summary>
public sealed partial class DashboardTests
{
    /// <summary>What Prometheus itself says of a target.</summary>
    private static readonly string[] FromPrometheus = ["up"];

    [Fact]
    public void Every_metric_of_the_dashboard_is_on_our_page()
    {
        using var dashboard = JsonDocument.Parse(File.ReadAllText(Repository.PathOf("manifests/grafana.json")));
        var expressions = Strings(dashboard.RootElement, "expr").Concat(Strings(dashboard.RootElement, "definition")).ToList();

        AssertExposed(expressions);
        Assert.True(expressions.Count > 20);
    }

    [Fact]
    public void Every_metric_of_the_alerts_is_on_our_page()
    {
        var expressions = Expression().Matches(File.ReadAllText(Repository.PathOf("manifests/alerts.yaml"))).Select(static match => match.Groups[1].Value).ToList();

        AssertExposed(expressions);
        Assert.True(expressions.Count > 5);
    }

    [Fact]
    public void Metrics_are_found_in_an_expression()
    {
        const string expression =
            "histogram_quantile(0.99, sum by (instance, le) (rate(a_bucket{job=\"b_total\",le=~\"$c\"}[5m]))) > 1 unless on (job) (d:e offset 1h) or time() - f_total";

        Assert.Equal(["a_bucket", "d:e", "f_total"], MetricsIn(expression));
    }

    private static void AssertExposed(IEnumerable<string> expressions)
    {
        var exposed = new[] { ProxyMode.Iptables, ProxyMode.Nftables }.SelectMany(static mode => new MetricsFixture(mode).AllHappened().Page().Names);
        Assert.Empty(expressions.SelectMany(MetricsIn).Distinct().Except(exposed).Except(FromPrometheus));
    }

    /// <summary>The identifiers that are neither functions, keywords, labels nor inside quotes, braces or brackets.</summary>
    private static IEnumerable<string> MetricsIn(string expression)
    {
        var bare = Ignored().Replace(expression, " ");
        return Identifier().Matches(bare).Select(static match => match.Value).Where(static word => !Keywords.Contains(word)).Distinct();
    }

    private static readonly HashSet<string> Keywords = ["or", "and", "unless", "offset", "bool", "by", "on", "without", "ignoring", "sum", "min", "max", "count", "instance"];

    private static IEnumerable<string> Strings(JsonElement element, string name) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(property =>
            property.NameEquals(name) && property.Value.ValueKind == JsonValueKind.String ? [property.Value.GetString()!] : Strings(property.Value, name)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(item => Strings(item, name)),
        _ => [],
    };

    [GeneratedRegex("""\{[^}]*\}|\[[^\]]*\]|"[^"]*"|\b(by|on|without|ignoring|group_left|group_right)\s*\([^)]*\)|\b[a-z_0-9]+\s*(?=\()|\b[0-9][a-z0-9.]*""")]
    private static partial Regex Ignored();

    [GeneratedRegex("[a-zA-Z_:][a-zA-Z0-9_:]*")]
    private static partial Regex Identifier();

    [GeneratedRegex("""expr: (?:>-\n)?((?:.+\n(?! {8}[a-z]+:))*.+\n)""")]
    private static partial Regex Expression();
}
