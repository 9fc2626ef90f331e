namespace Shunt.Backends.Iptables.LegacyVariant;

/// <summary>Where a rule leads, in one number: the kernel's verdict where it is negative, else the number of a chain, and two that are neither.</summary>
internal static class Jump
{
    /// <summary>The target is an extension.</summary>
    public const int Extension = int.MinValue;

    /// <summary>To the next rule: there is no target.</summary>
    public const int Next = int.MaxValue;

    // -NF_DROP - 1 and so on; linux/netfilter.h, linux/netfilter/x_tables.h
    public const int Drop = -1;
    public const int Accept = -2;
    public const int Return = -5;

    /// <summary>It is the number of a chain.</summary>
    public static bool IsChain(int jump) => jump is >= 0 and < Next;
}
