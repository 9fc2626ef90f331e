namespace Shunt.Proxy.Options;

/// <summary>How rules get into the kernel: the values of <c>--shunt-iptables-writer</c>.</summary>
internal enum IptablesWriterChoice
{
    /// <summary>Directly where that works, else by iptables-restore.</summary>
    Auto,

    /// <summary>Directly, or not at all.</summary>
    Direct,

    /// <summary>By iptables-restore.</summary>
    Restore,
}
