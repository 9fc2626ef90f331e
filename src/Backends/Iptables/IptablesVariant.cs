namespace Shunt.Backends.Iptables;

/// <summary>Which of the kernel's two rule engines the tools speak to.</summary>
public enum IptablesVariant
{
    /// <summary>nf_tables, through <c>iptables-nft</c>.</summary>
    Nft,

    /// <summary>x_tables, through <c>iptables-legacy</c>.</summary>
    Legacy,
}
