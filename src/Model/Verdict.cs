namespace Shunt.Model;

/// <summary>One thing that may become of a packet. Ordered by kind, endpoint, masquerade.</summary>
/// <param name="Kind">What.</param>
/// <param name="Address">The endpoint it goes to; <c>default</c> unless translated.</param>
/// <param name="Port">The endpoint's port; zero unless translated.</param>
/// <param name="Masquerade">The endpoint sees the node's address instead of the sender's.</param>
public readonly record struct Verdict(VerdictKind Kind, IpAddr Address = default, ushort Port = 0, bool Masquerade = false)
    : IComparable<Verdict>
{
    /// <inheritdoc/>
    public int CompareTo(Verdict other)
    {
        var order = Kind.CompareTo(other.Kind);
        if (order == 0) order = Address.CompareTo(other.Address);
        if (order == 0) order = Port.CompareTo(other.Port);
        return order == 0 ? Masquerade.CompareTo(other.Masquerade) : order;
    }

    /// <summary>The kind, or the endpoint's id with <c>m</c> for masqueraded or <c>u</c> for not.</summary>
    public override string ToString() =>
        Kind == VerdictKind.Translate ? $"{new Endpoint(Address, Port)} {(Masquerade ? "m" : "u")}" : Kind.ToString();
}
