namespace Shunt.Proxy.Options.Configuration;

/// <summary>
/// What a configuration comes to: the mode and the way of detection are named, and of the sections of the modes only the one in use has its
/// periods. This is the form that is validated, written, served at <c>/configz</c> and compared.
/// </summary>
internal static class EffectiveConfiguration
{
    /// <summary>The defaults, in effect.</summary>
    public static KubeProxyConfiguration Default { get; } = Of(ConfigurationDefaults.Apply(new KubeProxyConfiguration()));

    /// <summary>What a configuration with its defaults applied comes to.</summary>
    public static KubeProxyConfiguration Of(KubeProxyConfiguration given) =>
        Of(given, given.SyncPeriod, given.MinSyncPeriod, given.MasqueradeAll);

    /// <summary>The same, where the periods and masquerading are said apart from the mode's section.</summary>
    public static KubeProxyConfiguration Of(KubeProxyConfiguration given, TimeSpan syncPeriod, TimeSpan minSyncPeriod, bool masqueradeAll)
    {
        var mode = given.Mode.Length == 0 ? ProxyModes.Iptables : given.Mode;
        var isIpvs = mode == ProxyModes.Ipvs;
        var isNftables = mode == ProxyModes.Nftables;
        var isIptables = !isIpvs && !isNftables;
        return given with
        {
            Mode = mode,
            NodePortAddresses = isNftables && given.NodePortAddresses.IsDefaultOrEmpty ? ["primary"] : given.NodePortAddresses,
            DetectLocalMode = given.DetectLocalMode.Length == 0 ? LocalModes.ClusterCIDR : given.DetectLocalMode,
            IPTables = given.IPTables with
            {
                SyncPeriod = isIptables ? syncPeriod : default,
                MinSyncPeriod = isIptables ? minSyncPeriod : default,
                MasqueradeAll = !isNftables && masqueradeAll,
            },
            IPVS = given.IPVS with
            {
                SyncPeriod = isIpvs ? syncPeriod : default,
                MinSyncPeriod = isIpvs ? minSyncPeriod : default,
            },
            NFTables = given.NFTables with
            {
                SyncPeriod = isNftables ? syncPeriod : default,
                MinSyncPeriod = isNftables ? minSyncPeriod : default,
                MasqueradeAll = isNftables && masqueradeAll,
            },
        };
    }
}
