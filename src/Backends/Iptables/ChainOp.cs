namespace Shunt.Backends.Iptables;

/// <summary>One thing done to a chain.</summary>
/// <param name="Kind">What.</param>
/// <param name="Chain">The chain's name.</param>
/// <param name="Rules">The rules that come to be there: whole lines; empty where none do.</param>
/// <param name="Before">The rules that were there: whole lines; empty where there were none.</param>
/// <param name="Number">The rule's number, from 1; zero where none is meant.</param>
internal readonly record struct ChainOp(
    ChainOpKind Kind, ReadOnlyMemory<byte> Chain, ReadOnlyMemory<byte> Rules, ReadOnlyMemory<byte> Before, int Number = 0)
{
    /// <summary>In which of the three passes over a table's operations it is done.</summary>
    public int Phase => Kind switch
    {
        ChainOpKind.Create or ChainOpKind.Flush => 0,
        ChainOpKind.AppendLast => 2,
        ChainOpKind.Remove => 3,
        _ => 1,
    };
}
