namespace Shunt.Backends.Nftables;

/// <summary>What is done with an element.</summary>
internal enum ElementOperation : byte
{
    /// <summary>It must not be there any more.</summary>
    Delete,

    /// <summary>It must be there.</summary>
    Add,
}
