using System.Collections.Immutable;
using System.CommandLine;
using Shunt.Model;
using Shunt.Proxy.Options;

namespace Shunt.Proxy.Cli;

/// <summary>From a parsed command line to <see cref="ShuntOptions"/>.</summary>
internal static class AgentFlagsReader
{
    private const string Primary = "primary";

    /// <summary>Reads the options and checks them.</summary>
    /// <param name="parsed">A command line without unknown flags.</param>
    /// <param name="errors">Everything that is wrong; empty when the options can be used.</param>
    public static ShuntOptions Read(ParseResult parsed, out ImmutableArray<string> errors)
    {
        var flags = new FlagReader(parsed);
        foreach (var flag in AgentFlags.All)
        {
            if (flag.NotYet && flags.Given(flag.Name).Length > 0)
            {
                flags.Errors.Add($"{flag.Name}: this flag of kube-proxy is not available in this build yet");
            }
        }

        var options = Read(flags);
        errors = [.. flags.Errors, .. OptionsValidator.Validate(options)];
        return options;
    }

    private static ShuntOptions Read(FlagReader flags)
    {
        var defaults = new ShuntOptions();
        var detect = flags.Choice<DetectLocalMode>("--detect-local-mode",
        [
            ("ClusterCIDR", DetectLocalMode.ClusterCidr), ("NodeCIDR", DetectLocalMode.NodeCidr),
            ("BridgeInterface", DetectLocalMode.BridgeInterface), ("InterfaceNamePrefix", DetectLocalMode.InterfaceNamePrefix),
        ]);
        var mode = flags.Choice<ProxyMode?>("--proxy-mode",
            [("", null), ("iptables", ProxyMode.Iptables), ("ipvs", ProxyMode.Ipvs), ("nftables", ProxyMode.Nftables)]);
        return Logging(flags) with
        {
            Mode = mode,
            HostnameOverride = flags.Text("--hostname-override", ""),
            Kubeconfig = flags.Text("--kubeconfig", ""),
            Master = flags.Text("--master", ""),
            From = flags.Text("--from", ""),
            Once = flags.Boolean("--once", false),
            BindAddress = flags.Address("--bind-address", defaults.BindAddress),

            // kube-proxy does not look at the value in other modes, so whatever is there must not stop the agent.
            ClusterCidrs = detect == DetectLocalMode.ClusterCidr ? ClusterCidrs(flags) : [],
            DetectLocalMode = detect,
            PodBridgeInterface = flags.Text("--pod-bridge-interface", ""),
            PodInterfaceNamePrefix = flags.Text("--pod-interface-name-prefix", ""),
            MasqueradeAll = flags.Boolean("--masquerade-all", false),
            MasqueradeBit = flags.Number("--iptables-masquerade-bit", defaults.MasqueradeBit),
            NodePortAddresses = NodePorts(flags),
            LocalhostNodePorts = flags.Boolean("--iptables-localhost-nodeports", true),
            IptablesVariant = flags.Choice<IptablesVariantChoice>("--iptables-variant",
                [("auto", IptablesVariantChoice.Auto), ("nft", IptablesVariantChoice.Nft), ("legacy", IptablesVariantChoice.Legacy)]),
            SyncPeriod = flags.Duration("--iptables-sync-period", defaults.SyncPeriod),
            MinSyncPeriod = flags.Duration("--iptables-min-sync-period", defaults.MinSyncPeriod),
            ConfigSyncPeriod = flags.Duration("--config-sync-period", defaults.ConfigSyncPeriod),
        };
    }

    private static ShuntOptions Logging(FlagReader flags) => new()
    {
        Verbosity = flags.Number("--v", 0),
        LoggingFormat = flags.Choice<LoggingFormat>("--logging-format", [("text", LoggingFormat.Text), ("json", LoggingFormat.Json)]),
    };

    private static ImmutableArray<IpPrefix> ClusterCidrs(FlagReader flags)
    {
        const string flag = "--cluster-cidr";
        var text = flags.Text(flag, "");
        return text.Length == 0 ? [] : flags.Networks(flag, text.Split(','));
    }

    private static NodePortNetworks NodePorts(FlagReader flags)
    {
        const string flag = "--nodeport-addresses";
        var values = flags.List(flag);
        var networks = flags.Networks(flag, values.Where(static value => value != Primary));
        return new NodePortNetworks(values.Contains(Primary), networks);
    }
}
