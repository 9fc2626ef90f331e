using Shunt.Proxy.Options.Configuration;

namespace Shunt.Proxy.Cli;

internal static partial class AgentFlags
{
    private static IEnumerable<Flag> Iptables =>
    [
        FlagOf.Text("--proxy-mode", "How traffic is carried: iptables (the default).",
            static s => s.Configuration.Mode, static (s, v) => s.With(c => c with { Mode = v })) with { Field = "mode" },
        FlagOf.Number("--iptables-masquerade-bit", "Which bit of the packet mark says that a packet must be masqueraded, 0 to 31.",
            static s => s.Configuration.IPTables.MasqueradeBit ?? 0,
            static (s, v) => s.With(c => c with { IPTables = c.IPTables with { MasqueradeBit = v } })) with { Field = "iptables.masqueradeBit" },
        FlagOf.Boolean("--masquerade-all", "Masquerade all traffic to cluster IPs.",
            static s => s.MasqueradeAll, static (s, v) => s with { MasqueradeAll = v }) with { Field = "iptables.masqueradeAll" },
        FlagOf.Boolean("--iptables-localhost-nodeports", "Serve node ports at 127.0.0.1 too.",
            static s => s.Configuration.IPTables.LocalhostNodePorts ?? false,
            static (s, v) => s.With(c => c with { IPTables = c.IPTables with { LocalhostNodePorts = v } })) with { Field = "iptables.localhostNodePorts" },
        FlagOf.Duration("--iptables-sync-period", "How often to look whether the rules are in place, and the longest wait before a retry; not in ipvs mode.",
            static s => s.IptablesSyncPeriod ?? s.Configuration.IPTables.SyncPeriod,
            static (s, v) => s with { IptablesSyncPeriod = v }) with { Field = "iptables.syncPeriod" },
        FlagOf.Duration("--iptables-min-sync-period", "The shortest time between two syncs; not in ipvs mode.",
            static s => s.IptablesMinSyncPeriod ?? s.Configuration.IPTables.MinSyncPeriod,
            static (s, v) => s with { IptablesMinSyncPeriod = v }) with { Field = "iptables.minSyncPeriod" },
    ];

    // kube-proxy's periods of ipvs mode have the defaults of iptables mode on the command line.
    private static IEnumerable<Flag> Ipvs =>
    [
        FlagOf.Duration("--ipvs-sync-period", "In ipvs mode, how often to look whether all is in place.",
            static s => s.IpvsSyncPeriod ?? s.Configuration.IPTables.SyncPeriod,
            static (s, v) => s with { IpvsSyncPeriod = v }) with { Field = "ipvs.syncPeriod" },
        FlagOf.Duration("--ipvs-min-sync-period", "In ipvs mode, the shortest time between two syncs.",
            static s => s.IpvsMinSyncPeriod ?? s.Configuration.IPTables.MinSyncPeriod,
            static (s, v) => s with { IpvsMinSyncPeriod = v }) with { Field = "ipvs.minSyncPeriod" },
        FlagOf.Text("--ipvs-scheduler", "In ipvs mode, how endpoints are chosen.",
            static s => s.Configuration.IPVS.Scheduler, static (s, v) => s.WithIpvs(c => c with { Scheduler = v })) with { Field = "ipvs.scheduler" },
        FlagOf.List("--ipvs-exclude-cidrs", "In ipvs mode, networks whose virtual servers are left alone.",
            static s => s.Configuration.IPVS.ExcludeCIDRs, static (s, v) => s.WithIpvs(c => c with { ExcludeCIDRs = v })) with { Field = "ipvs.excludeCIDRs" },
        FlagOf.Boolean("--ipvs-strict-arp", "In ipvs mode, do not answer ARP for cluster IPs.",
            static s => s.Configuration.IPVS.StrictARP, static (s, v) => s.WithIpvs(c => c with { StrictARP = v })) with { Field = "ipvs.strictARP" },
        FlagOf.Duration("--ipvs-tcp-timeout", "In ipvs mode, how long idle TCP connections are kept; 0 leaves the kernel's.",
            static s => s.Configuration.IPVS.TcpTimeout, static (s, v) => s.WithIpvs(c => c with { TcpTimeout = v })) with { Field = "ipvs.tcpTimeout" },
        FlagOf.Duration("--ipvs-tcpfin-timeout", "In ipvs mode, how long TCP connections are kept after a FIN; 0 leaves the kernel's.",
            static s => s.Configuration.IPVS.TcpFinTimeout,
            static (s, v) => s.WithIpvs(c => c with { TcpFinTimeout = v })) with { Field = "ipvs.tcpFinTimeout" },
        FlagOf.Duration("--ipvs-udp-timeout", "In ipvs mode, how long UDP flows are kept; 0 leaves the kernel's.",
            static s => s.Configuration.IPVS.UdpTimeout, static (s, v) => s.WithIpvs(c => c with { UdpTimeout = v })) with { Field = "ipvs.udpTimeout" },
    ];

    private static IEnumerable<Flag> Ours =>
    [
        FlagOf.Text("--from", "Take the cluster's state from this file or directory of manifests instead of an API server, and follow its changes.",
            static s => s.From, static (s, v) => s with { From = v }) with { CountsWithFile = true },
        FlagOf.Boolean("--once", "Make the kernel as desired, then end: exit code 0 when it is, 1 otherwise.",
            static s => s.Once, static (s, v) => s with { Once = v }) with { CountsWithFile = true },
        Setting("--shunt-iptables-variant", "Which iptables to use: auto (the default), nft, legacy.", "iptablesVariant",
            static c => c.IptablesVariant, static (c, v) => c with { IptablesVariant = v }),
        Setting("--shunt-iptables-writer", "How rules get into the kernel: auto (the default), direct, restore.", "iptablesWriter",
            static c => c.IptablesWriter, static (c, v) => c with { IptablesWriter = v }),
        Setting("--shunt-iptables-dispatch", "How KUBE-SERVICES is laid out: auto (the default), linear, tree.", "iptablesDispatch",
            static c => c.IptablesDispatch, static (c, v) => c with { IptablesDispatch = v }),
    ];

    /// <summary>A flag for one of our own settings, which counts beside a file.</summary>
    private static Flag Setting(
        string name, string help, string field, Func<ShuntConfiguration, string> get, Func<ShuntConfiguration, string, ShuntConfiguration> set) =>
        FlagOf.Text(name, help, s => get(s.Configuration.Shunt), (s, v) => s.With(c => c with { Shunt = set(c.Shunt, v) })) with
        {
            CountsWithFile = true,
            Field = $"shunt.{field}",
        };
}
