namespace Shunt.Proxy.Options;

/// <summary>How traffic of Services is carried: the values of <c>--proxy-mode</c>.</summary>
internal enum ProxyMode
{
    /// <summary>iptables rules; the default on Linux.</summary>
    Iptables,

    /// <summary>IP virtual servers.</summary>
    Ipvs,

    /// <summary>nftables maps.</summary>
    Nftables,
}
