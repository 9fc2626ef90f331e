using System.Collections.Immutable;

namespace Shunt.Proxy.Options.Configuration;

/// <summary>The words for <c>mode</c> and <c>--proxy-mode</c>.</summary>
internal static class ProxyModes
{
    /// <summary>iptables rules.</summary>
    public const string Iptables = "iptables";

    /// <summary>IP virtual servers.</summary>
    public const string Ipvs = "ipvs";

    /// <summary>nftables maps.</summary>
    public const string Nftables = "nftables";

    /// <summary>Those of kube-proxy on Linux, in alphabetical order.</summary>
    public static ImmutableArray<string> Known { get; } = [Iptables, Ipvs, Nftables];

    /// <summary>Those that this build can run.</summary>
    public static ImmutableArray<string> Available { get; } = [Iptables, Nftables];

    /// <summary>The mode a word stands for; null for a word that is none.</summary>
    public static ProxyMode? Parse(string mode) => mode switch
    {
        "" or Iptables => ProxyMode.Iptables,
        Ipvs => ProxyMode.Ipvs,
        Nftables => ProxyMode.Nftables,
        _ => null,
    };
}
