using System.Collections.Immutable;
using Shunt.Model;
using Shunt.Proxy.State;

namespace Shunt.Testing.Builders;

/// <summary>Where test objects begin: <c>using static Shunt.Testing.Builders.Build;</c>, then <c>Svc("ns/web").ClusterIp("10.0.0.1").Port(80)</c>.</summary>
internal static class Build
{
    /// <summary>A Service of type ClusterIP, without address or port yet.</summary>
    public static ServiceBuilder Svc(string key) => new(Key(key));

    /// <summary>An EndpointSlice of that name, of the Service (in the same namespace) that <see cref="SliceBuilder.For"/> names.</summary>
    public static SliceBuilder Slice(string key) => new(Key(key));

    /// <summary>A Node.</summary>
    public static NodeBuilder Node(string name = "test-node") => new(name);

    /// <summary>A ServiceCIDR.</summary>
    public static ServiceCidrObject ServiceCidr(string name, params string[] cidrs) =>
        new() { Key = new ObjectKey("", name), Cidrs = [.. cidrs.Select(static c => IpPrefix.Parse(c))] };

    /// <summary><c>namespace/name</c>, or <c>name</c> of a cluster-scoped object.</summary>
    public static ObjectKey Key(string text) =>
        text.Split('/') is [var ns, var name] ? new ObjectKey(ns, name) : new ObjectKey("", text);

    /// <summary><c>namespace/name</c> or <c>namespace/name:port</c>.</summary>
    public static ServicePortName Spn(string text, Protocol protocol = Protocol.Tcp)
    {
        var (key, port) = text.Split(':') is [var k, var p] ? (Key(k), p) : (Key(text), "");
        return new ServicePortName(key.Namespace, key.Name, port, protocol);
    }

    /// <summary>The complete list of one kind.</summary>
    public static WatchEvent Listed(ObjectKind kind, params ClusterObject[] objects) => new WatchEvent.Listed(kind, [.. objects], []);

    /// <summary>An address.</summary>
    public static IpAddr Ip(string text) => IpAddr.Parse(text);

    internal static ImmutableArray<string> Hints(string? list) => list is null ? default : [.. list.Split(',')];
}
