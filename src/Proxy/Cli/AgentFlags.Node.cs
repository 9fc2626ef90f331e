namespace Shunt.Proxy.Cli;

internal static partial class AgentFlags
{
    private static IEnumerable<Flag> Addresses =>
    [
        FlagOf.Text("--hostname-override", "The node's name, when it is not the machine's host name.",
            static s => s.HostnameOverride,
            static (s, v) => s with { HostnameOverride = v }) with { CountsWithFile = true, Field = "hostnameOverride" },
        new("--bind-address", FlagKind.Text, "The node's own address, when it is not all zeros.",
            static s => s.Configuration.BindAddress,
            static (flags, s) => s.With(c => c with { BindAddress = flags.Address("--bind-address", c.BindAddress) })) { Field = "bindAddress" },
        FlagOf.Boolean("--bind-address-hard-fail", "End when the address of health checks or metrics cannot be bound.",
            static s => s.Configuration.BindAddressHardFail,
            static (s, v) => s.With(c => c with { BindAddressHardFail = v })) with { Field = "bindAddressHardFail" },
        new("--healthz-bind-address", FlagKind.Text, "Address of the health checks, with or without a port.",
            static s => s.Configuration.HealthzBindAddress,
            static (flags, s) => s.With(c => c with
            {
                HealthzBindAddress = flags.AddressAndPort("--healthz-bind-address", c.HealthzBindAddress),
            })) { Field = "healthzBindAddress" },
        FlagOf.Number("--healthz-port", "Port of the health checks where --healthz-bind-address has none; 0 switches them off.",
            static s => s.HealthzPort,
            static (s, v) => s with { HealthzPort = v }) with { Field = "healthzBindAddress", Deprecated = "use --healthz-bind-address." },
        new("--metrics-bind-address", FlagKind.Text, "Address of the metrics, with or without a port.",
            static s => s.Configuration.MetricsBindAddress,
            static (flags, s) => s.With(c => c with
            {
                MetricsBindAddress = flags.AddressAndPort("--metrics-bind-address", c.MetricsBindAddress),
            })) { Field = "metricsBindAddress" },
        FlagOf.Number("--metrics-port", "Port of the metrics where --metrics-bind-address has none.",
            static s => s.MetricsPort,
            static (s, v) => s with { MetricsPort = v }) with { Field = "metricsBindAddress", Deprecated = "use --metrics-bind-address." },
        FlagOf.Boolean("--profiling", "Serve profiling pages with the metrics.",
            static s => s.Configuration.EnableProfiling, static (s, v) => s.With(c => c with { EnableProfiling = v })) with { Field = "enableProfiling" },
        FlagOf.Text("--show-hidden-metrics-for-version", "The previous minor version (1.35), or nothing; there are no hidden metrics.",
            static s => s.Configuration.ShowHiddenMetricsForVersion,
            static (s, v) => s.With(c => c with { ShowHiddenMetricsForVersion = v })) with { Field = "showHiddenMetricsForVersion" },
    ];

    private static IEnumerable<Flag> Traffic =>
    [
        FlagOf.Text("--detect-local-mode", "How local pods are told: ClusterCIDR (the default), NodeCIDR, BridgeInterface, InterfaceNamePrefix.",
            static s => s.Configuration.DetectLocalMode,
            static (s, v) => s.With(c => c with { DetectLocalMode = v })) with { Field = "detectLocalMode" },
        FlagOf.Text("--pod-bridge-interface", "The bridge that all local pods are behind, for BridgeInterface.",
            static s => s.Configuration.DetectLocal.BridgeInterface,
            static (s, v) => s.With(c => c with { DetectLocal = c.DetectLocal with { BridgeInterface = v } })) with { Field = "detectLocal.bridgeInterface" },
        FlagOf.Text("--pod-interface-name-prefix", "How the names of local pods' interfaces begin, for InterfaceNamePrefix.",
            static s => s.Configuration.DetectLocal.InterfaceNamePrefix,
            static (s, v) => s.With(c => c with { DetectLocal = c.DetectLocal with { InterfaceNamePrefix = v } })) with
        {
            Field = "detectLocal.interfaceNamePrefix",
        },
        FlagOf.Text("--cluster-cidr", "The network of all pods: one CIDR, or an IPv4 and an IPv6 one.",
            static s => s.Configuration.ClusterCIDR, static (s, v) => s.With(c => c with { ClusterCIDR = v })) with { Field = "clusterCIDR" },
        FlagOf.List("--nodeport-addresses", "Networks in which the node's addresses serve node ports, or \"primary\"; everywhere when not given.",
            static s => s.Configuration.NodePortAddresses,
            static (s, v) => s.With(c => c with { NodePortAddresses = v })) with { Field = "nodePortAddresses" },
    ];

    private static IEnumerable<Flag> Node =>
    [
        FlagOf.Number("--conntrack-max-per-core", "Connections to track for each CPU; 0 leaves the kernel's limit, and then --conntrack-min too.",
            static s => s.Configuration.Conntrack.MaxPerCore ?? 0,
            static (s, v) => s.WithConntrack(c => c with { MaxPerCore = v })) with { Field = "conntrack.maxPerCore" },
        FlagOf.Number("--conntrack-min", "Connections to track at least, however few the CPUs.",
            static s => s.Configuration.Conntrack.Min ?? 0, static (s, v) => s.WithConntrack(c => c with { Min = v })) with { Field = "conntrack.min" },
        FlagOf.Duration("--conntrack-tcp-timeout-established", "How long an idle TCP connection is tracked; 0 leaves the kernel's.",
            static s => s.Configuration.Conntrack.TcpEstablishedTimeout ?? default,
            static (s, v) => s.WithConntrack(c => c with { TcpEstablishedTimeout = v })) with { Field = "conntrack.tcpEstablishedTimeout" },
        FlagOf.Duration("--conntrack-tcp-timeout-close-wait", "How long a TCP connection in CLOSE_WAIT is tracked; 0 leaves the kernel's.",
            static s => s.Configuration.Conntrack.TcpCloseWaitTimeout ?? default,
            static (s, v) => s.WithConntrack(c => c with { TcpCloseWaitTimeout = v })) with { Field = "conntrack.tcpCloseWaitTimeout" },
        FlagOf.Boolean("--conntrack-tcp-be-liberal", "Do not call TCP packets outside the window invalid.",
            static s => s.Configuration.Conntrack.TcpBeLiberal,
            static (s, v) => s.WithConntrack(c => c with { TcpBeLiberal = v })) with { Field = "conntrack.tcpBeLiberal" },
        FlagOf.Duration("--conntrack-udp-timeout", "How long a UDP flow without an answer is tracked; 0 leaves the kernel's.",
            static s => s.Configuration.Conntrack.UdpTimeout,
            static (s, v) => s.WithConntrack(c => c with { UdpTimeout = v })) with { Field = "conntrack.udpTimeout" },
        FlagOf.Duration("--conntrack-udp-timeout-stream", "How long a UDP flow with answers is tracked; 0 leaves the kernel's.",
            static s => s.Configuration.Conntrack.UdpStreamTimeout,
            static (s, v) => s.WithConntrack(c => c with { UdpStreamTimeout = v })) with { Field = "conntrack.udpStreamTimeout" },
    ];
}
