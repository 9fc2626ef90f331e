using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;
using Shunt.Proxy.Metrics.Exposition;
using Shunt.Proxy.Options;

namespace Shunt.Proxy.Metrics;

/// <summary>What every component of Kubernetes says about itself.</summary>
internal sealed class KubernetesMetrics
{
    private readonly MetricVector<Gauge> _featureEnabled;

    /// <summary>Registers them.</summary>
    /// <param name="registry">Where.</param>
    /// <param name="version">The agent's version.</param>
    public KubernetesMetrics(MetricRegistry registry, string version)
    {
        AddBuildInfo(registry, version);
        _featureEnabled = registry.AddGauges(new MetricDescription(
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

    /// <summary>Shows the feature gates.</summary>
    /// <param name="given">What was said of gates.</param>
    public void ShowFeatureGates(ImmutableSortedDictionary<string, bool> given)
    {
        foreach (var gate in FeatureGates.Known.Values)
        {
            var stage = gate.Stage == "ga" ? "" : gate.Stage.ToUpperInvariant();
            _featureEnabled[new LabelValues(gate.Name, stage)].Value = FeatureGates.IsEnabled(given, gate.Name) ? 1 : 0;
        }
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
        var release = KubernetesVersion.CurrentMinor.Split('.');
        registry.Add(new ConstantLabels(
            new MetricDescription("kubernetes_build_info", MetricKind.Gauge, help) { Stability = MetricStability.Beta },
            [
                ("build_date", ""),
                ("compiler", "roslyn"),
                ("git_commit", ""),
                ("git_tree_state", ""),
                ("git_version", $"{KubernetesVersion.Current}+shunt.{version}"), // what compares versions of Kubernetes' components must find one
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
