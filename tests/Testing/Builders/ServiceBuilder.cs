using Shunt.Model;
using Shunt.Proxy.State;

namespace Shunt.Testing.Builders;

/// <summary>Makes a <see cref="ServiceObject"/>; converts to it by itself.</summary>
internal sealed class ServiceBuilder(ObjectKey key)
{
    private ServiceObject _service = new() { Key = key };

    public static implicit operator ServiceObject(ServiceBuilder builder) => builder.Object;

    public ServiceObject Object => _service;

    public ServiceBuilder Type(ServiceType type) => With(_service with { Type = type });

    /// <summary>One of each family at most.</summary>
    public ServiceBuilder ClusterIp(params string[] addresses) => With(_service with { ClusterIps = [.. addresses.Select(Build.Ip)] });

    public ServiceBuilder Port(ushort port, string name = "", Protocol protocol = Protocol.Tcp, ushort nodePort = 0) =>
        With(_service with { Ports = _service.Ports.Add(new ServicePortSpec(name, protocol, port, nodePort)) });

    /// <summary>Type NodePort, and the node port of the port added last.</summary>
    public ServiceBuilder NodePort(ushort nodePort) =>
        With(_service with
        {
            Type = _service.Type == ServiceType.LoadBalancer ? ServiceType.LoadBalancer : ServiceType.NodePort,
            Ports = _service.Ports.SetItem(_service.Ports.Length - 1, _service.Ports[^1] with { NodePort = nodePort }),
        });

    public ServiceBuilder ExternalIp(params string[] addresses) =>
        With(_service with { ExternalIps = [.. _service.ExternalIps, .. addresses.Select(Build.Ip)] });

    /// <summary>Type LoadBalancer with these addresses.</summary>
    public ServiceBuilder LoadBalancer(params string[] vips) =>
        With(_service with { Type = ServiceType.LoadBalancer, LoadBalancerVips = [.. vips.Select(Build.Ip)] });

    public ServiceBuilder SourceRanges(params string[] cidrs) =>
        With(_service with { LoadBalancerSourceRanges = [.. cidrs.Select(static c => IpPrefix.Parse(c))] });

    public ServiceBuilder Sticky(int seconds = 10800) => With(_service with { Affinity = new SessionAffinity(true, seconds) });

    public ServiceBuilder ExternalLocal(ushort healthCheckNodePort = 0) =>
        With(_service with { ExternalTrafficPolicyLocal = true, HealthCheckNodePort = healthCheckNodePort });

    public ServiceBuilder InternalLocal() => With(_service with { InternalTrafficPolicyLocal = true });

    public ServiceBuilder Problem(string problem) => With(_service with { Problems = _service.Problems.Add(problem) });

    private ServiceBuilder With(ServiceObject service)
    {
        _service = service;
        return this;
    }
}
