namespace Shunt.Netlink.Netfilter;

/// <summary>What a base chain may do.</summary>
public enum NftChainType
{
    /// <summary>Let packets pass or not.</summary>
    Filter,

    /// <summary>Translate addresses: only the first packet of a connection comes by.</summary>
    Nat,

    /// <summary>Have packets routed anew when it changed them.</summary>
    Route,
}
