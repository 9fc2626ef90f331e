using System.Collections.Immutable;
using Shunt.Proxy.Options;

namespace Shunt.Proxy.Tests.Options;

public sealed class FeatureGatesTests
{
    [Theory]
    [InlineData("", "AllowServiceExternalIPs", true)]
    [InlineData("AllowServiceExternalIPs=false", "AllowServiceExternalIPs", false)]
    [InlineData("", "LoggingAlphaOptions", false)]
    [InlineData("AllAlpha=true", "LoggingAlphaOptions", true)]
    [InlineData("AllAlpha=true LoggingAlphaOptions=false", "LoggingAlphaOptions", false)]
    [InlineData("", "ComponentFlagz", true)]
    [InlineData("AllBeta=false", "ComponentFlagz", false)]
    [InlineData("AllBeta=false", "NFTablesProxyMode", true)]
    public void A_gate_is_as_said_or_as_its_stage_or_as_its_default(string given, string gate, bool on) =>
        Assert.Equal(on, FeatureGates.IsEnabled(Gates(given), gate));

    [Theory]
    [InlineData("AllowServiceExternalIPs=false AllAlpha=true AllBeta=false ContextualLogging=false NFTablesProxyMode=true", "")]
    [InlineData("TopologyAwareHints=true", "unrecognized feature gate: TopologyAwareHints")]
    [InlineData("WinDSR=false", "cannot set feature gate WinDSR to false, feature is locked to true")]
    public void Unknown_gates_and_changes_of_locked_ones_are_errors(string given, string problem) =>
        Assert.Equal(problem, string.Join('\n', FeatureGates.Check(Gates(given))));

    [Theory]
    [InlineData("PreferSameTrafficDistribution", true, true)]
    [InlineData("MultiCIDRServiceAllocator", true, true)]
    [InlineData("ComponentStatusz", true, false)]
    [InlineData("NativeHistograms", false, false)]
    [InlineData("LoggingBetaOptions", true, false)]
    [InlineData("DisableNodeKubeProxyVersion", true, true)]
    public void Gates_of_kube_proxy_have_its_defaults(string name, bool on, bool locked)
    {
        var gate = FeatureGates.Known[name];

        Assert.Equal((on, locked), (gate.Default, gate.IsLocked));
    }

    private static ImmutableSortedDictionary<string, bool> Gates(string text) =>
        text.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(static gate => gate.Split('='))
            .ToImmutableSortedDictionary(static gate => gate[0], static gate => bool.Parse(gate[1]), StringComparer.Ordinal);
}
