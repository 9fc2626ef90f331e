using System.Collections.Frozen;
using System.Collections.Immutable;
using Shunt.Proxy.Options.Configuration;

namespace Shunt.Proxy.Options;

/// <summary>Settings that were made and change nothing here: to be said once, at the start.</summary>
internal static class UnhonouredSettings
{
    /// <summary>Fields without effect in any mode. kube-proxy on Linux does not honour those for Windows and <c>portRange</c> either.</summary>
    public static FrozenSet<string> Fields { get; } = FrozenSet.Create(
        StringComparer.Ordinal,
        "clientConnection.acceptContentTypes", "clientConnection.contentType", "clientConnection.qps", "clientConnection.burst",
        "configSyncPeriod", "logging.flushFrequency", "logging.options.text.infoBufferSize", "logging.options.json.infoBufferSize", "portRange", "showHiddenMetricsForVersion", "windowsRunAsService",
        "winkernel.networkName", "winkernel.sourceVip", "winkernel.enableDSR", "winkernel.rootHnsEndpointName", "winkernel.forwardHealthCheckVip");

    /// <summary>Flags without effect that are in no file.</summary>
    public static FrozenSet<string> Flags { get; } = FrozenSet.Create(StringComparer.Ordinal, "--boot-id-file", "--machine-id-file");

    /// <summary>Feature gates that do something here.</summary>
    public static FrozenSet<string> Gates { get; } =
        FrozenSet.Create(StringComparer.Ordinal, FeatureGates.AllowServiceExternalIPs, "ComponentFlagz", "ComponentStatusz", "LoggingAlphaOptions", "AllAlpha", "AllBeta");

    /// <summary>The names of the settings that differ from their default and have no effect: paths of the file, then flags.</summary>
    public static ImmutableArray<string> Of(ShuntOptions options)
    {
        var fields = ConfigurationDiff.Between(EffectiveConfiguration.Default, options.Configuration)
            .Where(static change => Fields.Contains(change.Path))
            .Select(static change => change.Path);
        var gates = options.Configuration.FeatureGates
            .Where(static gate => !Gates.Contains(gate.Key) && FeatureGates.Known.TryGetValue(gate.Key, out var known) && known.Default != gate.Value)
            .Select(static gate => $"featureGates.{gate.Key}");
        return [.. fields, .. gates, .. options.GivenFlags.Where(Flags.Contains)];
    }
}
