namespace Shunt.Testing.Tracing;

/// <summary>A chain: rules in order, and for a built-in one what happens at its end.</summary>
internal sealed class IptablesChain
{
    /// <summary><c>ACCEPT</c> or <c>DROP</c>; <c>-</c> for a chain that is jumped to.</summary>
    public string Policy { get; set; } = "-";

    /// <summary>The rules.</summary>
    public List<IptablesRule> Rules { get; } = [];
}
