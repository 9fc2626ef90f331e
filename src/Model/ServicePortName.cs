namespace Shunt.Model;

/// <summary>
/// What identifies one port of one Service. The protocol is part of the key but not of the text, so a TCP and a UDP port of the same
/// name are different keys with the same <see cref="ToString"/>.
/// </summary>
/// <param name="Namespace">The Service's namespace.</param>
/// <param name="Name">The Service's name.</param>
/// <param name="Port">The port's name; empty for the single unnamed port of a Service.</param>
/// <param name="Protocol">The port's protocol.</param>
public readonly record struct ServicePortName(string Namespace, string Name, string Port, Protocol Protocol) : IComparable<ServicePortName>
{
    /// <summary>Ordered by namespace, name, port name (each by code unit) and protocol number.</summary>
    public int CompareTo(ServicePortName other)
    {
        var order = string.CompareOrdinal(Namespace, other.Namespace);
        if (order == 0) order = string.CompareOrdinal(Name, other.Name);
        if (order == 0) order = string.CompareOrdinal(Port, other.Port);
        return order == 0 ? Protocol.CompareTo(other.Protocol) : order;
    }

    /// <summary><c>namespace/name:port</c>, or <c>namespace/name</c> when the port has no name.</summary>
    public override string ToString() => Port.Length == 0 ? $"{Namespace}/{Name}" : $"{Namespace}/{Name}:{Port}";
}
