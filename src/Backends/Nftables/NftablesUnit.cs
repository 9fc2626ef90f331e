using Shunt.Model;

namespace Shunt.Backends.Nftables;

/// <summary>What changes for one owner.</summary>
/// <param name="Owner">The Service port; null for what belongs to none.</param>
/// <param name="First">What is added or replaced.</param>
/// <param name="Second">What is only taken away: after everything was added, so that no packet under way finds nothing.</param>
internal sealed record NftablesUnit(ServicePortName? Owner, TapeRange First, TapeRange Second)
{
    /// <summary>What changes that is not an element; nothing works without it. Null for nothing.</summary>
    public BaseChange? Base { get; init; }
}
