using System.Collections.Immutable;
using Shunt.Model;

namespace Shunt.Testing.Nftables;

/// <summary>A cluster told Service by Service, each with one TCP port, "http", and endpoints at port 8080.</summary>
public sealed class ServiceScript
{
    private static readonly NodeInfo Node = new() { Name = "node-1", IPv4 = IpAddr.Parse("192.168.0.2"), IPv6 = IpAddr.Parse("2001:db8::1") };

    private readonly SortedSet<ServicePortName> _changed = [];
    private ImmutableSortedDictionary<ServicePortName, ServiceEndpoints> _services = ImmutableSortedDictionary<ServicePortName, ServiceEndpoints>.Empty;
    private long _version;
    private long _committed;

    /// <summary>Adds or replaces a Service.</summary>
    public void Set(string name, string clusterIp, ushort port, params IReadOnlyList<string> endpoints) =>
        Set(new ServicePort { Name = NameOf(name), ClusterIp = IpAddr.Parse(clusterIp), Port = port }, endpoints);

    /// <summary>Adds or replaces a Service port.</summary>
    public void Set(ServicePort port, params IReadOnlyList<string> endpoints)
    {
        ArgumentNullException.ThrowIfNull(port);
        var all = endpoints.Select(static address => new Endpoint(IpAddr.Parse(address), 8080) { Ready = true, Serving = true }).ToList();
        all.Sort(static (left, right) => Endpoint.CompareIds(left, right));
        _services = _services.SetItem(port.Name, new ServiceEndpoints(port, EndpointSelector.Select(port, [.. all], Node)) { Endpoints = [.. all] });
        _changed.Add(port.Name);
    }

    /// <summary>Removes a Service.</summary>
    public void Remove(string name)
    {
        _services = _services.Remove(NameOf(name));
        _changed.Add(NameOf(name));
    }

    /// <summary>Says that a Service changed, though it did not.</summary>
    public void Touch(string name) => _changed.Add(NameOf(name));

    /// <summary>The cluster as it is, relative to the last one committed.</summary>
    public DesiredState Snapshot() => new()
    {
        Family = IpFamily.IPv4,
        Version = ++_version,
        Node = Node,
        NodePortAddresses = new NodePortAddresses { Addresses = [Node.IPv4] },
        Services = _services,
        Delta = new DesiredStateDelta { BaseVersion = _committed, Changed = [.. _changed] },
    };

    /// <summary>A snapshot is in force.</summary>
    public void Commit(DesiredState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        _committed = state.Version;
        _changed.Clear();
    }

    private static ServicePortName NameOf(string name)
    {
        var parts = name.Split('/');
        return new ServicePortName(parts[0], parts[1], "http", Protocol.Tcp);
    }
}
