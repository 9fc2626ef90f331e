using System.Collections.Immutable;
using System.Net;
using Shunt.Backends.Iptables;
using Shunt.Model;
using Shunt.Proxy.Options.Configuration;

namespace Shunt.Proxy.Options;

/// <summary>Everything the agent is told, by its configuration file or its flags; given once. The defaults are kube-proxy's.</summary>
internal sealed record ShuntOptions
{
    /// <summary><c>--proxy-mode</c>.</summary>
    public ProxyMode Mode { get; init; }

    /// <summary>No mode was asked for, so it is <see cref="ProxyMode.Iptables"/>.</summary>
    public bool IsModeDefault { get; init; }

    /// <summary><c>--hostname-override</c>; empty when not given, and the machine's host name is the node's name.</summary>
    public string HostnameOverride { get; init; } = "";

    /// <summary><c>--kubeconfig</c>; empty when not given.</summary>
    public string Kubeconfig { get; init; } = "";

    /// <summary><c>--master</c>: the API server's URL, over the kubeconfig's; empty when not given.</summary>
    public string Master { get; init; } = "";

    /// <summary><c>--from</c>: the file or directory of manifests to take instead of an API server; empty when not given.</summary>
    public string From { get; init; } = "";

    /// <summary><c>--once</c>: end as soon as the kernel is as desired.</summary>
    public bool Once { get; init; }

    /// <summary><c>--bind-address</c>: when specified (not all zeros) it is the node's address of its family, and that family comes first.</summary>
    public IpAddr BindAddress { get; init; } = IpAddr.FromV4(0);

    /// <summary><c>--cluster-cidr</c>: the networks of all pods; empty when not given or when the mode of detection does not use them.</summary>
    public ImmutableArray<IpPrefix> ClusterCidrs { get; init; } = [];

    /// <summary><c>--detect-local-mode</c>.</summary>
    public DetectLocalMode DetectLocalMode { get; init; }

    /// <summary><c>--pod-bridge-interface</c>; empty when not given.</summary>
    public string PodBridgeInterface { get; init; } = "";

    /// <summary><c>--pod-interface-name-prefix</c>; empty when not given.</summary>
    public string PodInterfaceNamePrefix { get; init; } = "";

    /// <summary><c>--masquerade-all</c>: traffic to cluster IPs always gets this node's source address.</summary>
    public bool MasqueradeAll { get; init; }

    /// <summary><c>--iptables-masquerade-bit</c>: which bit of the packet mark says "masquerade"; in nftables mode that mode's own.</summary>
    public int MasqueradeBit { get; init; } = 14;

    /// <summary><c>--nodeport-addresses</c>.</summary>
    public NodePortNetworks NodePortAddresses { get; init; } = NodePortNetworks.Everywhere;

    /// <summary><c>--iptables-localhost-nodeports</c>: node ports also answer at 127.0.0.1.</summary>
    public bool LocalhostNodePorts { get; init; } = true;

    /// <summary><c>--shunt-iptables-variant</c>.</summary>
    public IptablesVariantChoice IptablesVariant { get; init; }

    /// <summary><c>--shunt-iptables-writer</c>.</summary>
    public IptablesWriterChoice IptablesWriter { get; init; }

    /// <summary><c>--shunt-iptables-dispatch</c>.</summary>
    public IptablesDispatch IptablesDispatch { get; init; }

    /// <summary><c>--iptables-sync-period</c>, or the other mode's: how often to look whether the rules are still there, and the longest wait between retries.</summary>
    public TimeSpan SyncPeriod { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary><c>--iptables-min-sync-period</c>, or the other mode's: the shortest time from the end of one sync to the start of the next.</summary>
    public TimeSpan MinSyncPeriod { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary><c>--config-sync-period</c>: accepted for kube-proxy's command line; there is nothing to resynchronise.</summary>
    public TimeSpan ConfigSyncPeriod { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary><c>-v</c>: 0 for what happens, 2 for why, 4 and more for everything.</summary>
    public int Verbosity { get; init; }

    /// <summary><c>--vmodule</c>: other verbosities for single files, <c>pattern=N</c> separated by commas, the first that fits counts; empty when not given.</summary>
    public string Vmodule { get; init; } = "";

    /// <summary><c>--logging-format</c>.</summary>
    public LoggingFormat LoggingFormat { get; init; }

    /// <summary><c>--log-flush-frequency</c>: how long a line may be held back.</summary>
    public TimeSpan LogFlushFrequency { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary><c>--log-text-split-stream</c> or <c>--log-json-split-stream</c>, by the format: errors to standard error, all else to standard output.</summary>
    public bool LogSplitStream { get; init; }

    /// <summary><c>--log-text-info-buffer-size</c> or <c>--log-json-info-buffer-size</c>, by the format: bytes that may be held back with split streams.</summary>
    public long LogInfoBufferSize { get; init; }

    /// <summary><c>--healthz-bind-address</c>; null when the health server is switched off (<c>--healthz-port=0</c>).</summary>
    public IPEndPoint? HealthzBindAddress { get; init; } = new(IPAddress.Any, 10256);

    /// <summary><c>--metrics-bind-address</c>.</summary>
    public IPEndPoint MetricsBindAddress { get; init; } = new(IPAddress.Loopback, 10249);

    /// <summary><c>--bind-address-hard-fail</c>: a health or metrics address that cannot be bound ends the agent.</summary>
    public bool BindAddressHardFail { get; init; }

    /// <summary><c>--profiling</c>: profiling pages on the metrics server.</summary>
    public bool EnableProfiling { get; init; }

    /// <summary><c>--show-hidden-metrics-for-version</c> was given.</summary>
    public bool ShowHiddenMetrics { get; init; }

    /// <summary><c>--oom-score-adj</c>: how soon the kernel ends this process when memory is short, -1000 (never) to 1000.</summary>
    public int OomScoreAdj { get; init; } = -999;

    /// <summary>The kernel's connection tracking: the <c>--conntrack-*</c> flags.</summary>
    public ConntrackOptions Conntrack { get; init; } = new();

    /// <summary><c>--init-only</c>: do what takes full privileges, and end.</summary>
    public bool InitOnly { get; init; }

    /// <summary><c>--cleanup</c>: remove all rules, and end.</summary>
    public bool Cleanup { get; init; }

    /// <summary><c>--write-config-to</c>: write the effective configuration to this file, and end; empty when not given.</summary>
    public string WriteConfigTo { get; init; } = "";

    /// <summary>The file of <c>--config</c>; null when it was not given.</summary>
    public ConfigurationFile? ConfigFile { get; init; }

    /// <summary>The whole effective configuration, in kube-proxy's form: what <c>/configz</c> serves. Everything above that is in it was read from it.</summary>
    public KubeProxyConfiguration Configuration { get; init; } = EffectiveConfiguration.Default;

    /// <summary>Every flag with its value on the command line, by name: for the first log lines and for <c>/flagz</c>.</summary>
    public ImmutableArray<FlagValue> Flags { get; init; } = [];

    /// <summary>The names of the flags that were given, sorted.</summary>
    public ImmutableArray<string> GivenFlags { get; init; } = [];

    /// <summary>What the operator should know about the command line and the file, though it stops nothing; in order.</summary>
    public ImmutableArray<ConfigurationWarning> Warnings { get; init; } = [];

    /// <summary>The gate AllowServiceExternalIPs: off, external IPs of Services get no rules.</summary>
    public bool AllowServiceExternalIPs => IsEnabled(FeatureGates.AllowServiceExternalIPs);

    /// <summary>Whether a feature gate of Kubernetes is on.</summary>
    /// <param name="gate">One of <see cref="FeatureGates.Known"/>.</param>
    public bool IsEnabled(string gate) => FeatureGates.IsEnabled(Configuration.FeatureGates, gate);
}
