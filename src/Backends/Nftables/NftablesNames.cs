namespace Shunt.Backends.Nftables;

/// <summary>The names of our table and its chains.</summary>
internal static class NftablesNames
{
    /// <summary>Our table, one in each family.</summary>
    public const string Table = "shunt";

    /// <summary>kube-proxy's table.</summary>
    public const string KubeProxyTable = "kube-proxy";

    /// <summary>What the table says about itself.</summary>
    public const string TableComment = "shunt: Kubernetes Services; per Service there are only elements";

    public const string Services = "services";
    public const string External = "external";
    public const string ExternalLocal = "external-local";
    public const string NodePorts = "nodeports";
    public const string NodePortsLocal = "nodeports-local";
    public const string StickyList = "sticky-list";
    public const string StickyMany = "sticky-many";
    public const string StickyKnown = "sticky-known";
    public const string StickyGo = "sticky-go";
    public const string StickyRemember = "sticky-remember";
    public const string Masquerading = "masquerading";
    public const string Reject = "reject-chain";
    public const string ServiceEndpointsCheck = "service-endpoints-check";
    public const string NodePortEndpointsCheck = "nodeport-endpoints-check";
    public const string FirewallCheck = "firewall-check";
    public const string FirewallRanges = "firewall-ranges";
    public const string FirewallClients = "firewall-clients";
    public const string ClusterIpsCheck = "cluster-ips-check";

    /// <summary>The chain that picks one of a frontend's endpoints, from a map; the second for what has many.</summary>
    public static (string Pick, string PickMany) Pick(SetKind endpoints)
    {
        var map = new SetId(endpoints).Name;
        return ($"pick-{map}", $"pick-many-{map}");
    }

    /// <summary>The chain that gets more rules when Services ask for them; their order does not matter.</summary>
    public static string ChainOf(DemandKind kind) => kind switch
    {
        DemandKind.StickyEndpoints => StickyMany,
        DemandKind.AffinityTimeout => StickyRemember,
        DemandKind.SourceRange => FirewallClients,
        _ => Pick(EndpointsOf(kind)).PickMany,
    };

    /// <summary>The map from which so many endpoints are picked.</summary>
    public static SetKind EndpointsOf(DemandKind kind) => kind switch
    {
        DemandKind.Endpoints => SetKind.Endpoints,
        DemandKind.LocalEndpoints => SetKind.LocalEndpoints,
        DemandKind.NodePortEndpoints => SetKind.NodePortEndpoints,
        _ => SetKind.LocalNodePortEndpoints,
    };
}
