using System.Collections.Immutable;
using Shunt.Backends.Conntrack;
using Shunt.Model;
using Shunt.Testing.Builders;

namespace Shunt.Backends.Tests.Conntrack;

/// <summary>States of Services that follow one another, and flows in words: <c>Stale("10.96.0.1:53 by 10.244.1.1:53")</c>.</summary>
internal sealed class FlowWorld
{
    private readonly StaleFlows _flows = new();
    private ImmutableSortedDictionary<ServicePortName, ServiceEndpoints> _services = ImmutableSortedDictionary<ServicePortName, ServiceEndpoints>.Empty;

    public FlowWorld(params ServiceEndpoints[] services)
    {
        _services = Table(services);
        _flows.Restart(_services);
    }

    public FlowScope Scope { get; set; } = new()
    {
        NodeAddresses = new HashSet<IpAddr> { IpAddr.Parse("198.51.100.2"), IpAddr.Parse("fd00:c0de::2"), IpAddr.Parse("127.0.0.1"), IpAddr.Parse("::1") },
    };

    public bool IsDue => _flows.IsDue;

    public StaleFlows Flows => _flows;

    public FlowJudge Judge => _flows.Judge(Scope);

    /// <summary>A port of Service <c>ns/name</c>. Behind an endpoint: <c>-</c> neither ready nor serving, <c>~</c> draining, <c>+</c> ready but not serving.</summary>
    public static ServiceEndpoints Svc(string name, string clusterIp, ushort port, params string[] endpoints) =>
        Svc(new ServicePort { Name = Build.Spn(name, Protocol.Udp), ClusterIp = IpAddr.Parse(clusterIp), Port = port }, endpoints);

    public static ServiceEndpoints Svc(ServicePort port, params string[] endpoints)
    {
        var all = endpoints.Select(Endpoint).ToArray();
        Array.Sort(all, static (a, b) => Model.Endpoint.CompareIds(a, b));
        ImmutableArray<Endpoint> sorted = [.. all];
        return new ServiceEndpoints(port, EndpointSelector.Select(port, sorted, new NodeInfo { Name = "node-1" })) { Endpoints = sorted };
    }

    /// <summary>What was due has been seen to.</summary>
    public FlowWorld Swept()
    {
        _flows.Swept();
        return this;
    }

    /// <summary>These Services are in force now, and no others; those that are the same object did not change.</summary>
    public FlowWorld Now(params ServiceEndpoints[] services)
    {
        var after = Table(services);
        foreach (var name in _services.Keys.Union(after.Keys))
        {
            var (old, current) = (_services.GetValueOrDefault(name), after.GetValueOrDefault(name));
            if (!ReferenceEquals(old, current)) _flows.Replace(old, current);
        }

        _services = after;
        return this;
    }

    /// <summary>Whether a flow is stale: <c>destination by answerer</c>, or <c>destination</c> if nobody translated it.</summary>
    public bool IsStale(string flow, Protocol protocol = Protocol.Udp)
    {
        var words = flow.Split(" by ");
        var (to, by) = (Endpoint(words[0]), Endpoint(words[^1]));
        return Judge.IsStale(new TrackedFlow(protocol, to.Address, to.Port, by.Address, by.Port));
    }

    private static Endpoint Endpoint(string text)
    {
        var parsed = System.Net.IPEndPoint.Parse(text.TrimEnd('-', '~', '+'));
        var state = text[^1];
        return new Endpoint(IpAddr.FromBytes(parsed.Address.GetAddressBytes()), (ushort)parsed.Port)
        {
            Ready = state is not ('-' or '~'),
            Serving = state is not ('-' or '+'),
            Terminating = state == '~',
        };
    }

    private static ImmutableSortedDictionary<ServicePortName, ServiceEndpoints> Table(ServiceEndpoints[] services) =>
        services.ToImmutableSortedDictionary(static service => service.Port.Name, static service => service);
}
