using System.Collections.Immutable;
using System.Globalization;
using System.Net;

namespace Shunt.Testing.Network;

/// <summary>
/// A small world for packets: a node that forwards, pods and backends behind it, and a client outside, each in a namespace of its
/// own, with IPv4 and IPv6. Every answer goes back through the node, so translation can be undone there. Run the dataplane under
/// test in <see cref="Node"/>.
/// </summary>
public sealed class NetworkNamespaces : IAsyncDisposable
{
    /// <summary>The node's address towards the outside: its InternalIP.</summary>
    public static readonly IPAddress NodeV4 = IPAddress.Parse("198.51.100.2");

    /// <inheritdoc cref="NodeV4"/>
    public static readonly IPAddress NodeV6 = IPAddress.Parse("fd00:c0de::2");

    /// <summary>A second address of the node, on loopback.</summary>
    public static readonly IPAddress OtherNodeV4 = IPAddress.Parse("192.0.2.2");

    /// <inheritdoc cref="OtherNodeV4"/>
    public static readonly IPAddress OtherNodeV6 = IPAddress.Parse("2001:db8:2::2");

    /// <summary>The network of all pods, for the local-traffic detector.</summary>
    public const string PodNetworkV4 = "10.244.0.0/16";

    /// <inheritdoc cref="PodNetworkV4"/>
    public const string PodNetworkV6 = "fd00:10:244::/56";

    private readonly List<ScratchNamespace> _all = [];

    private NetworkNamespaces()
    {
    }

    /// <summary>The node; the dataplane belongs here.</summary>
    public ScratchNamespace Node { get; private set; } = null!; // set by CreateAsync before anybody sees it

    /// <summary>A pod on the node that is no backend: 10.244.1.5.</summary>
    public Host Pod { get; private set; } = null!; // as above

    /// <summary>A client outside the cluster: 203.0.113.2, routed through the node.</summary>
    public Host Outside { get; private set; } = null!; // as above

    /// <summary>The backends: 10.244.1.11 and up; whether one is "local" is for the EndpointSlice to say.</summary>
    public ImmutableArray<Host> Backends { get; private set; } = [];

    /// <summary>Builds the world.</summary>
    /// <param name="backends">How many backends it has.</param>
    /// <param name="ct">Gives up; what was built is removed.</param>
    public static async Task<NetworkNamespaces> CreateAsync(int backends, CancellationToken ct)
    {
        var world = new NetworkNamespaces();
        try
        {
            await world.BuildAsync(backends, ct);
            return world;
        }
        catch
        {
            await world.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var scratch in Enumerable.Reverse(_all)) await scratch.DisposeAsync();
        _all.Clear();
    }

    private async Task BuildAsync(int backends, CancellationToken ct)
    {
        Node = await AddNamespaceAsync("node", ct);
        await Node.IpAsync($"addr add {OtherNodeV4}/32 dev lo\naddr add {OtherNodeV6}/128 dev lo nodad\n", ct);
        Outside = await AddOutsideAsync(ct);
        Pod = await AddPodAsync("pod", 5, ct);
        for (var i = 1; i <= backends; i++)
        {
            Backends = Backends.Add(await AddPodAsync(string.Create(CultureInfo.InvariantCulture, $"backend-{i}"), 10 + i, ct));
        }
    }

    /// <summary>A veth pair as most pod networks make it: no shared subnet, the node routes a host address to the pod.</summary>
    private async Task<Host> AddPodAsync(string name, int number, CancellationToken ct)
    {
        var scratch = await AddNamespaceAsync(name, ct);
        var device = string.Create(CultureInfo.InvariantCulture, $"pod{number}");
        var v4 = IPAddress.Parse(string.Create(CultureInfo.InvariantCulture, $"10.244.1.{number}"));
        var v6 = IPAddress.Parse(string.Create(CultureInfo.InvariantCulture, $"fd00:10:244:1::{number}"));
        await Node.IpAsync(
            $"""
            link add {device} type veth peer name eth0 netns {scratch.Name}
            link set {device} up
            addr add 169.254.1.1/32 dev {device}
            addr add fe80::1/64 dev {device} nodad
            route add {v4}/32 dev {device}
            route add {v6}/128 dev {device}

            """,
            ct);
        await scratch.IpAsync(
            $"""
            link set eth0 up
            addr add {v4}/32 dev eth0
            addr add {v6}/128 dev eth0 nodad
            route add 169.254.1.1/32 dev eth0
            route add default via 169.254.1.1
            route add default via fe80::1 dev eth0

            """,
            ct);
        return new Host(name, scratch, v4, v6);
    }

    private async Task<Host> AddOutsideAsync(CancellationToken ct)
    {
        var scratch = await AddNamespaceAsync("outside", ct);
        var v4 = IPAddress.Parse("203.0.113.2");
        var v6 = IPAddress.Parse("2001:db8:113:ffff::2");
        await Node.IpAsync(
            $"""
            link add eth0 type veth peer name eth0 netns {scratch.Name}
            link set eth0 up
            addr add {NodeV4}/24 dev eth0
            addr add {NodeV6}/64 dev eth0 nodad
            route add default via 198.51.100.77 src {NodeV4}

            """,
            ct);
        await scratch.IpAsync(
            $"""
            link set eth0 up
            addr add 198.51.100.77/24 dev eth0
            addr add fd00:c0de::77/64 dev eth0 nodad
            addr add {v4}/32 dev lo
            addr add {v6}/128 dev lo nodad
            route add default via {NodeV4} src {v4}
            route add default via {NodeV6} src {v6}

            """,
            ct);
        await Node.IpAsync($"route add default via fd00:c0de::77 src {NodeV6}\n", ct);
        return new Host("outside", scratch, v4, v6);
    }

    private async Task<ScratchNamespace> AddNamespaceAsync(string role, CancellationToken ct)
    {
        var scratch = await ScratchNamespace.CreateAsync(role, ct);
        _all.Add(scratch);

        // Before any link exists, so that every link inherits them.
        scratch.Sysctl(
            ("ipv4/conf/all/rp_filter", "0"),
            ("ipv4/conf/default/rp_filter", "0"),
            ("ipv6/conf/default/accept_dad", "0"),
            ("ipv4/ip_forward", role == "node" ? "1" : "0"),
            ("ipv6/conf/all/forwarding", role == "node" ? "1" : "0"),
            ("ipv4/ip_nonlocal_bind", "1"),
            ("ipv6/ip_nonlocal_bind", "1"),
            ("ipv4/icmp_ratelimit", "0"),
            ("ipv6/icmp/ratelimit", "0"));
        return scratch;
    }
}
