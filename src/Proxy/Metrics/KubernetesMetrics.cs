using System.Globalization;
using System.Runtime.InteropServices;
using Shunt.Proxy.Metrics.Exposition;

namespace Shunt.Proxy.Metrics;

/// <summary>What every component of Kubernetes says about itself.</summary>
internal sealed class KubernetesMetrics
{
    /// <summary>The release of Kubernetes whose kube-proxy the agent stands in for.</summary>
    public const string Release = "1.36";

    /// <summary>Registers them.</summary>
    /// <param name="registry">Where.</param>
    /// <param name="version">The agent's version.</param>
    public KubernetesMetrics(MetricRegistry registry, string version)
    {
        AddBuildInfo(registry, version);
        FeatureEnabled = registry.AddGauges(new MetricDescription(
            "kubernetes_feature_enabled", MetricKind.Gauge, "This metric records the data about the stage and enablement of a k8s feature.")
        {
            Stability = MetricStability.Beta,
            Labels = ["name", "stage"],
        });
        var registered = registry.AddReadings(Beta(
            "registered_metrics_total", "The count of registered metrics broken by stability level and deprecation version.",
            "deprecated_version", "stability_level"));
        registered.With(new LabelValues("", "ALPHA"), () => Count(registry, MetricStability.Alpha));
        registered.With(new LabelValues("", "BETA"), () => Count(registry, MetricStability.Beta));
        registered.With(new LabelValues("", "STABLE"), () => Count(registry, MetricStability.Stable));
        registry.AddCounter(Beta("hidden_metrics_total", "The count of hidden metrics."));
        registry.AddCounter(Beta("disabled_metrics_total", "The count of disabled metrics."));
    }

    private MetricVector<Gauge> FeatureEnabled { get; }

    /// <summary>Shows feature gates.</summary>
    public void Show(IEnumerable<FeatureGate> gates)
    {
        foreach (var gate in gates) FeatureEnabled[new LabelValues(gate.Name, gate.Stage)].Value = gate.Enabled ? 1 : 0;
    }

    private static double? Count(MetricRegistry registry, MetricStability stability)
    {
        var count = 0;
        foreach (var family in registry.Families)
        {
            if (family.Description.Stability == stability) count++;
        }

        return count == 0 ? null : count;
    }

    private static void AddBuildInfo(MetricRegistry registry, string version)
    {
        const string help = "A metric with a constant '1' value labeled by major, minor, git version, git commit, git tree state, build date, "
            + "Go version, and compiler from which Kubernetes was built, and platform on which it is running.";
        var release = Release.Split('.');
        registry.Add(new ConstantLabels(
            new MetricDescription("kubernetes_build_info", MetricKind.Gauge, help) { Stability = MetricStability.Beta },
            [
                ("build_date", ""),
                ("compiler", "roslyn"),
                ("git_commit", ""),
                ("git_tree_state", ""),
                ("git_version", $"v{Release}.0+shunt.{version}"), // a semantic version, so that what compares minor versions works
                ("go_version", ""),
                ("major", release[0]),
                ("minor", release[1]),
                ("platform", $"linux/{Architecture()}"),
            ]));
    }

    private static string Architecture() => RuntimeInformation.ProcessArchitecture switch
    {
        System.Runtime.InteropServices.Architecture.X64 => "amd64",
        System.Runtime.InteropServices.Architecture.X86 => "386",
        var other => other.ToString().ToLower(CultureInfo.InvariantCulture),
    };

    private static MetricDescription Beta(string name, string help, params ReadOnlySpan<string> labels) =>
        new(name, MetricKind.Counter, help) { Stability = MetricStability.Beta, Labels = [.. labels] };
}
