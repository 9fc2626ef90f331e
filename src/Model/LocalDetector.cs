namespace Shunt.Model;

/// <summary>How a packet from one of this node's own pods is told from others, for one family. <c>default</c> cannot tell.</summary>
public readonly record struct LocalDetector
{
    /// <summary>Packets from this network are from local pods; <c>default</c> when told by interface, or not at all.</summary>
    public IpPrefix Cidr { get; private init; }

    /// <summary>Packets that came in by this interface are from local pods; null when told otherwise.</summary>
    public string? Interface { get; private init; }

    /// <summary><see cref="Interface"/> is the beginning of a name rather than a whole name.</summary>
    public bool InterfaceIsPrefix { get; private init; }

    /// <summary>False when local pods cannot be told from other sources.</summary>
    public bool IsImplemented => Cidr.IsValid || Interface is not null;

    /// <summary>Told by source network.</summary>
    public static LocalDetector ByCidr(IpPrefix cidr) => new() { Cidr = cidr };

    /// <summary>Told by the bridge that all pods are behind.</summary>
    public static LocalDetector ByBridge(string name) => new() { Interface = name };

    /// <summary>Told by how the names of the pods' interfaces begin.</summary>
    public static LocalDetector ByInterfacePrefix(string prefix) => new() { Interface = prefix, InterfaceIsPrefix = true };
}
