using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using Shunt.Netlink;

namespace Shunt.Proxy.Demo;

/// <summary>
/// A node and its pods, each a network namespace of its own, wired as many pod networks do it: a veth pair per pod, and a route on
/// the node. Nothing outside these namespaces is touched; disposing removes them.
/// </summary>
internal sealed class DemoNetwork : IAsyncDisposable
{
    public const string NodeName = "demo-node";
    public const string PodNetwork = "10.244.0.0/16";

    /// <summary>The node's InternalIP, as in manifests/demo/node.yaml.</summary>
    public static readonly IPAddress NodeAddress = IPAddress.Parse("192.0.2.10");

    /// <summary>The node's address towards its pods: the source they see when the node masquerades.</summary>
    public static readonly IPAddress Gateway = IPAddress.Parse("10.244.1.1");

    private readonly string _prefix = string.Create(CultureInfo.InvariantCulture, $"shunt-demo-{Environment.ProcessId}-");
    private readonly List<string> _made = [];

    private DemoNetwork()
    {
    }

    /// <summary>The node's namespace, as <c>ip netns</c> knows it.</summary>
    public string Node => _prefix + "node";

    /// <summary>The pods that serve: 10.244.1.11 and up.</summary>
    public ImmutableArray<DemoPod> Backends { get; private set; } = [];

    /// <summary>The pod that asks: 10.244.1.5.</summary>
    public DemoPod Client { get; private set; } = null!; // set before anybody sees the network

    /// <summary>Builds it.</summary>
    /// <exception cref="DemoException">The process may not, or iproute2 is missing.</exception>
    public static async Task<DemoNetwork> CreateAsync(CancellationToken ct)
    {
        var network = new DemoNetwork();
        try
        {
            await network.BuildAsync(ct);
            return network;
        }
        catch (Exception e) when (e is DemoException or NetlinkException or IOException or OperationCanceledException)
        {
            await network.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs a program on the node and returns what it printed, or nothing when it failed.</summary>
    public async Task<string> TryOnNodeAsync(string program, IEnumerable<string> arguments, CancellationToken ct)
    {
        var (exitCode, output, _) = await DemoTool.TryRunAsync("ip", ["netns", "exec", Node, program, .. arguments], "", ct);
        return exitCode == 0 ? output : "";
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var pod in Backends) pod.Network.Dispose();
        Client?.Network.Dispose(); // null when building failed before it
        foreach (var name in Enumerable.Reverse(_made))
        {
            // Cleaning up goes on whatever happens, and nobody is left to cancel it.
            await DemoTool.TryRunAsync("ip", ["netns", "del", name], "", CancellationToken.None);
        }

        _made.Clear();
    }

    private async Task BuildAsync(CancellationToken ct)
    {
        await AddNamespaceAsync("node", ct);
        using (var node = NetNamespace.Open(Node)) node.Run(() => File.WriteAllText("/proc/sys/net/ipv4/ip_forward", "1"));

        // The cable to the world ends nowhere, but there must be one: what has no route is never judged by the rules.
        await IpAsync(
            Node,
            $"""
            link add eth0 type veth peer name world
            link set eth0 up
            link set world up
            addr add {NodeAddress}/24 dev eth0
            route add default dev eth0

            """,
            ct);
        Client = await AddPodAsync("client", 5, ct);
        for (var i = 1; i <= 3; i++)
        {
            Backends = Backends.Add(await AddPodAsync(string.Create(CultureInfo.InvariantCulture, $"web-{i}"), 10 + i, ct));
        }
    }

    private async Task<DemoPod> AddPodAsync(string name, int number, CancellationToken ct)
    {
        await AddNamespaceAsync(name, ct);
        var address = IPAddress.Parse(string.Create(CultureInfo.InvariantCulture, $"10.244.1.{number}"));
        var device = string.Create(CultureInfo.InvariantCulture, $"pod{number}");
        await IpAsync(
            Node,
            $"""
            link add {device} type veth peer name eth0 netns {_prefix + name}
            link set {device} up
            addr add {Gateway}/32 dev {device}
            route add {address}/32 dev {device} src {Gateway}

            """,
            ct);
        await IpAsync(
            _prefix + name,
            $"""
            link set eth0 up
            addr add {address}/32 dev eth0
            route add {Gateway}/32 dev eth0
            route add default via {Gateway}

            """,
            ct);
        return new DemoPod(name, address, NetNamespace.Open(_prefix + name));
    }

    private async Task AddNamespaceAsync(string role, CancellationToken ct)
    {
        _made.Add(_prefix + role); // before it is: an interrupted attempt is removed too
        await DemoTool.RunAsync("ip", ["netns", "add", _prefix + role], "", ct);
        await IpAsync(_prefix + role, "link set lo up\n", ct);
    }

    private static Task IpAsync(string where, string commands, CancellationToken ct) =>
        DemoTool.RunAsync("ip", ["-n", where, "-batch", "-"], commands, ct);
}
