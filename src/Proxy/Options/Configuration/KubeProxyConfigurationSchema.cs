using System.Text.Json;

namespace Shunt.Proxy.Options.Configuration;

/// <summary>Every field of <see cref="KubeProxyConfiguration"/>: the one place that knows their names.</summary>
internal static partial class KubeProxyConfigurationSchema
{
    /// <summary>The whole file.</summary>
    public static ConfigurationSchema<KubeProxyConfiguration> Schema { get; } = new(
    [
        ValueField.Text<KubeProxyConfiguration>("kind", static _ => KubeProxyConfiguration.Kind, static (c, _) => c),
        ValueField.Text<KubeProxyConfiguration>("apiVersion", static _ => KubeProxyConfiguration.ApiVersion, static (c, _) => c),
        new("featureGates", ReadGates, WriteGates) { IsOmitted = static c => c.FeatureGates.IsEmpty },
        ValueField.Section<KubeProxyConfiguration, ClientConnectionConfiguration>(
            "clientConnection", ClientConnection, static c => c.ClientConnection, static (c, v) => c with { ClientConnection = v }),
        ValueField.Section<KubeProxyConfiguration, LoggingConfiguration>(
            "logging", Logging, static c => c.Logging, static (c, v) => c with { Logging = v }),
        ValueField.Text<KubeProxyConfiguration>("hostnameOverride", static c => c.HostnameOverride, static (c, v) => c with { HostnameOverride = v }),
        ValueField.Text<KubeProxyConfiguration>("bindAddress", static c => c.BindAddress, static (c, v) => c with { BindAddress = v }),
        ValueField.Text<KubeProxyConfiguration>("healthzBindAddress", static c => c.HealthzBindAddress, static (c, v) => c with { HealthzBindAddress = v }),
        ValueField.Text<KubeProxyConfiguration>("metricsBindAddress", static c => c.MetricsBindAddress, static (c, v) => c with { MetricsBindAddress = v }),
        ValueField.Boolean<KubeProxyConfiguration>(
            "bindAddressHardFail", static c => c.BindAddressHardFail, static (c, v) => c with { BindAddressHardFail = v }),
        ValueField.Boolean<KubeProxyConfiguration>("enableProfiling", static c => c.EnableProfiling, static (c, v) => c with { EnableProfiling = v }),
        ValueField.Text<KubeProxyConfiguration>(
            "showHiddenMetricsForVersion", static c => c.ShowHiddenMetricsForVersion, static (c, v) => c with { ShowHiddenMetricsForVersion = v }),
        ValueField.Text<KubeProxyConfiguration>("mode", static c => c.Mode, static (c, v) => c with { Mode = v }),
        ValueField.Section<KubeProxyConfiguration, KubeProxyIPTablesConfiguration>(
            "iptables", IPTables, static c => c.IPTables, static (c, v) => c with { IPTables = v }),
        ValueField.Section<KubeProxyConfiguration, KubeProxyIPVSConfiguration>("ipvs", IPVS, static c => c.IPVS, static (c, v) => c with { IPVS = v }),
        ValueField.Section<KubeProxyConfiguration, KubeProxyNFTablesConfiguration>(
            "nftables", NFTables, static c => c.NFTables, static (c, v) => c with { NFTables = v }),
        ValueField.Section<KubeProxyConfiguration, KubeProxyWinkernelConfiguration>(
            "winkernel", Winkernel, static c => c.Winkernel, static (c, v) => c with { Winkernel = v }),
        ValueField.Text<KubeProxyConfiguration>("detectLocalMode", static c => c.DetectLocalMode, static (c, v) => c with { DetectLocalMode = v }),
        ValueField.Section<KubeProxyConfiguration, DetectLocalConfiguration>(
            "detectLocal", DetectLocal, static c => c.DetectLocal, static (c, v) => c with { DetectLocal = v }),
        ValueField.Text<KubeProxyConfiguration>("clusterCIDR", static c => c.ClusterCIDR, static (c, v) => c with { ClusterCIDR = v }),
        ValueField.Texts<KubeProxyConfiguration>("nodePortAddresses", static c => c.NodePortAddresses, static (c, v) => c with { NodePortAddresses = v }),
        ValueField.OptionalNumber<KubeProxyConfiguration>("oomScoreAdj", static c => c.OOMScoreAdj, static (c, v) => c with { OOMScoreAdj = v }),
        ValueField.Section<KubeProxyConfiguration, KubeProxyConntrackConfiguration>(
            "conntrack", Conntrack, static c => c.Conntrack, static (c, v) => c with { Conntrack = v }),
        ValueField.Duration<KubeProxyConfiguration>("configSyncPeriod", static c => c.ConfigSyncPeriod, static (c, v) => c with { ConfigSyncPeriod = v }),
        ValueField.Text<KubeProxyConfiguration>("portRange", static c => c.PortRange, static (c, v) => c with { PortRange = v }),
        ValueField.Boolean<KubeProxyConfiguration>(
            "windowsRunAsService", static c => c.WindowsRunAsService, static (c, v) => c with { WindowsRunAsService = v }) with
        {
            IsOmitted = static c => !c.WindowsRunAsService,
        },
        ValueField.Section<KubeProxyConfiguration, ShuntConfiguration>("shunt", Shunt, static c => c.Shunt, static (c, v) => c with { Shunt = v }) with
        {
            IsOmitted = static c => c.Shunt == new ShuntConfiguration(),
        },
    ]);

    private static KubeProxyConfiguration ReadGates(KubeProxyConfiguration owner, JsonElement json, ConfigurationProblems problems)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            problems.Error("is not a section of names with true or false");
            return owner;
        }

        var gates = owner.FeatureGates.ToBuilder();
        foreach (var gate in json.EnumerateObject())
        {
            problems.Enter(gate.Name);
            if (ValueField.TryBoolean(gate.Value, problems, out var on)) gates[gate.Name] = on;
            problems.Leave();
        }

        return owner with { FeatureGates = gates.ToImmutable() };
    }

    private static void WriteGates(Utf8JsonWriter json, KubeProxyConfiguration owner)
    {
        json.WriteStartObject();
        foreach (var (name, on) in owner.FeatureGates) json.WriteBoolean(name, on);
        json.WriteEndObject();
    }
}
