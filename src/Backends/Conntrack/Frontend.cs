using Shunt.Model;

namespace Shunt.Backends.Conntrack;

/// <summary>A place that clients of a Service port send to.</summary>
/// <param name="Protocol">The protocol.</param>
/// <param name="Address">A cluster IP, external IP or load-balancer IP; <c>default</c> for a node port, which is at this node's addresses.</param>
/// <param name="Port">The port.</param>
internal readonly record struct Frontend(Protocol Protocol, IpAddr Address, ushort Port)
{
    /// <summary>Puts the frontends of a Service port into a list, each once.</summary>
    /// <param name="port">The Service port; null for none.</param>
    /// <param name="frontends">The list; what is in it already is dropped.</param>
    public static void Collect(ServicePort? port, List<Frontend> frontends)
    {
        frontends.Clear();
        if (port is null) return;
        Add(frontends, new Frontend(port.Name.Protocol, port.ClusterIp, port.Port));
        foreach (var address in port.ExternalIps) Add(frontends, new Frontend(port.Name.Protocol, address, port.Port));
        foreach (var address in port.LoadBalancerVips) Add(frontends, new Frontend(port.Name.Protocol, address, port.Port));
        if (port.NodePort != 0) Add(frontends, new Frontend(port.Name.Protocol, default, port.NodePort));
    }

    // A handful at most.
    private static void Add(List<Frontend> frontends, in Frontend frontend)
    {
        if (!frontends.Contains(frontend)) frontends.Add(frontend);
    }
}
