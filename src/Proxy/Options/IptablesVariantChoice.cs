namespace Shunt.Proxy.Options;

/// <summary>Which iptables tools to use: the values of <c>--shunt-iptables-variant</c>.</summary>
internal enum IptablesVariantChoice
{
    /// <summary>The one the kubelet's hint chains are in.</summary>
    Auto,

    /// <summary>The tools that write to nf_tables.</summary>
    Nft,

    /// <summary>The tools that write to the older xtables.</summary>
    Legacy,
}
