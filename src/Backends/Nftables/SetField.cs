namespace Shunt.Backends.Nftables;

/// <summary>What keys and values are made of, by the expressions that load them; each fills a whole number of 32-bit registers.</summary>
internal enum SetField : byte
{
    /// <summary><c>ip saddr</c></summary>
    SourceAddress,

    /// <summary><c>ip daddr</c></summary>
    DestinationAddress,

    /// <summary><c>meta l4proto</c></summary>
    Protocol,

    /// <summary><c>th dport</c></summary>
    DestinationPort,

    /// <summary><c>meta priority</c>: our scratch variable.</summary>
    Priority,

    /// <summary><c>numgen random mod n</c></summary>
    Random,
}
