using System.Collections.Immutable;
using Shunt.Model;

namespace Shunt.Proxy.State;

/// <summary>What a Service means to one address family.</summary>
internal static class ServicePortDeriver
{
    /// <summary>One <see cref="ServicePort"/> for each port of the Service; none for a Service this family has nothing to do with.</summary>
    /// <param name="service">The Service.</param>
    /// <param name="family">The address family.</param>
    /// <param name="allowExternalIps">The gate AllowServiceExternalIPs: false withholds external IPs, though the Service still counts as having them.</param>
    public static ImmutableArray<ServicePort> Derive(ServiceObject service, IpFamily family, bool allowExternalIps = true)
    {
        if (service.Type == ServiceType.ExternalName || service.Ports.IsEmpty) return [];
        var clusterIp = ClusterIp(service, family);
        if (!clusterIp.IsValid) return [];

        var externalLocal = IsExternalPolicyLocal(service);
        var externalIps = OfFamily(service.ExternalIps, family);
        var vips = OfFamily(service.LoadBalancerVips, family);
        var ranges = SourceRanges(service, family);
        var ports = ImmutableArray.CreateBuilder<ServicePort>(service.Ports.Length);
        foreach (var spec in service.Ports)
        {
            var port = new ServicePort
            {
                Name = new ServicePortName(service.Key.Namespace, service.Key.Name, spec.Name, spec.Protocol),
                ClusterIp = clusterIp,
                Port = spec.Port,
                NodePort = spec.NodePort,
                Affinity = service.Affinity,
                ExternalIps = allowExternalIps ? externalIps : [],
                WithholdsExternalIps = !allowExternalIps && !externalIps.IsEmpty,
                LoadBalancerVips = vips,
                LoadBalancerSourceRanges = ranges,
                ExternalPolicyLocal = externalLocal,
                InternalPolicyLocal = service.InternalTrafficPolicyLocal,
                HealthCheckNodePort = service.Type == ServiceType.LoadBalancer && externalLocal ? service.HealthCheckNodePort : (ushort)0,
            };
            Put(ports, port);
        }

        return ports.DrainToImmutable();
    }

    /// <summary>A later port of the same name and protocol takes the place of the earlier.</summary>
    private static void Put(ImmutableArray<ServicePort>.Builder ports, ServicePort port)
    {
        for (var i = 0; i < ports.Count; i++)
        {
            if (ports[i].Name != port.Name) continue;
            ports[i] = port;
            return;
        }

        ports.Add(port);
    }

    private static IpAddr ClusterIp(ServiceObject service, IpFamily family)
    {
        foreach (var address in service.ClusterIps)
        {
            if (address.Family == family) return address;
        }

        return default;
    }

    /// <summary>The policy has a meaning only where there can be external traffic.</summary>
    private static bool IsExternalPolicyLocal(ServiceObject service) =>
        service.ExternalTrafficPolicyLocal && service.Type switch
        {
            ServiceType.LoadBalancer or ServiceType.NodePort => true,
            ServiceType.ClusterIP => !service.ExternalIps.IsEmpty,
            _ => false,
        };

    private static ImmutableArray<IpAddr> OfFamily(ImmutableArray<IpAddr> addresses, IpFamily family)
    {
        if (addresses.IsEmpty) return [];
        var kept = ImmutableArray.CreateBuilder<IpAddr>(addresses.Length);
        foreach (var address in addresses)
        {
            if (address.Family == family) kept.Add(address);
        }

        return kept.Count == addresses.Length ? addresses : kept.DrainToImmutable();
    }

    /// <summary>A network that holds everybody makes the whole list one that lets everybody in.</summary>
    private static ImmutableArray<IpPrefix> SourceRanges(ServiceObject service, IpFamily family)
    {
        if (service.LoadBalancerSourceRanges.IsEmpty) return [];
        var kept = ImmutableArray.CreateBuilder<IpPrefix>(service.LoadBalancerSourceRanges.Length);
        foreach (var range in service.LoadBalancerSourceRanges)
        {
            if (range.Family != family) continue;
            if (range.Length == 0) return [];
            kept.Add(range);
        }

        return kept.DrainToImmutable();
    }
}
