namespace Shunt.House.Tests;

/// <summary>Where a wall has a door, and why. Everything that is excepted from an architecture rule stands here.</summary>
internal static class Allowances
{
    /// <summary>The folders of Proxy that may speak to the kernel through Shunt.Netlink.</summary>
    public static readonly HashSet<string> NetlinkUsers =
    [
        "Proxy/Node", // reads the node's addresses
        "Proxy/Demo", // opens sockets inside network namespaces
    ];

    /// <summary>Files outside those folders that may use Shunt.Netlink.</summary>
    public static readonly HashSet<string> NetlinkUserFiles =
    [
        "src/Proxy/Composition.cs", // builds the object graph
    ];

    /// <summary>Backends that may import a sibling: the first may use the second.</summary>
    public static readonly HashSet<(string User, string Used)> Siblings =
    [
        ("Ipvs", "Iptables"), // a few fixed helper rules
    ];

    /// <summary>The one place that catches everything: it logs, counts, marks unhealthy and retries.</summary>
    public static readonly HashSet<string> CatchAll =
    [
        "src/Proxy/Sync/SyncLoop.cs",
    ];
}
