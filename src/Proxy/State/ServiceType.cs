namespace Shunt.Proxy.State;

/// <summary>The API's Service types.</summary>
internal enum ServiceType
{
    /// <summary>Reachable inside the cluster.</summary>
    ClusterIP,

    /// <summary>Reachable at every node.</summary>
    NodePort,

    /// <summary>Reachable through a load balancer.</summary>
    LoadBalancer,

    /// <summary>A DNS alias: no rules.</summary>
    ExternalName,
}
