using System.Globalization;
using Shunt.Model;
using Shunt.Netlink;
using Shunt.Netlink.Netfilter;
using Shunt.Testing.Network;

namespace Shunt.Bench;

/// <summary>A router between two ends of a wire; the rules under test belong into it.</summary>
internal sealed class FirstPacketRouter : IAsyncDisposable
{
    private const ushort DeleteConntrack = 1 << 8 | 2; // NFNL_SUBSYS_CTNETLINK, IPCTNL_MSG_CT_DELETE: without a tuple, all of them

    private readonly ScratchNamespace _ends;
    private NetlinkSocket? _conntrack;
    private SynSender? _sender;

    private FirstPacketRouter(ScratchNamespace router, ScratchNamespace ends)
    {
        Router = router;
        _ends = ends;
    }

    /// <summary>Where the rules belong.</summary>
    public ScratchNamespace Router { get; }

    /// <summary>Builds it.</summary>
    public static async Task<FirstPacketRouter> CreateAsync()
    {
        var router = await ScratchNamespace.CreateAsync("router", CancellationToken.None);
        var built = new FirstPacketRouter(router, await ScratchNamespace.CreateAsync("ends", CancellationToken.None));
        try
        {
            await built.BuildAsync();
            return built;
        }
        catch
        {
            await built.DisposeAsync();
            throw;
        }
    }

    /// <summary>Sends the first packets of so many connections, and forgets them.</summary>
    /// <returns>How long one took, in milliseconds.</returns>
    public double Send(IpAddr to, int count)
    {
        var milliseconds = _sender!.Send(to, count); // both are set when it was built
        var sequence = _conntrack!.NextSequence();
        var writer = new NetlinkWriter(stackalloc byte[64]);
        var message = writer.BeginMessage(DeleteConntrack, NetlinkFlags.NLM_F_REQUEST | NetlinkFlags.NLM_F_ACK, sequence);
        writer.AddNetfilterHeader((byte)NetfilterFamily.NFPROTO_IPV4, 0);
        writer.EndMessage(message);
        var errno = _conntrack.Request(writer.Written, sequence, "forget all connections");
        return errno == NetlinkErrno.None ? milliseconds : throw new NetlinkException("forget all connections", errno);
    }

    /// <summary>How many packets have left the router at the far end.</summary>
    public long Forwarded() => Router.Net.Run(static () =>
    {
        var line = File.ReadLines("/proc/thread-self/net/dev").First(static line => line.AsSpan().TrimStart().StartsWith("far:"));
        return long.Parse(line[(line.IndexOf(':') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[9], CultureInfo.InvariantCulture);
    });

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _sender?.Dispose();
        _conntrack?.Dispose();
        await _ends.DisposeAsync();
        await Router.DisposeAsync();
    }

    private async Task BuildAsync()
    {
        Router.Sysctl(("ipv4/ip_forward", "1"), ("ipv4/conf/all/rp_filter", "0"), ("ipv4/conf/default/rp_filter", "0"));

        // What arrives at the far end is for somebody else there, and so is dropped at once.
        await Router.IpAsync(
            $"""
            link add near address 02:00:00:00:00:01 type veth peer name near netns {_ends.Name}
            link add far type veth peer name far netns {_ends.Name}
            addr add 169.254.1.1/24 dev near
            addr add 169.254.2.1/24 dev far
            link set near up
            link set far up
            neigh add 169.254.2.2 lladdr 02:00:00:00:00:99 dev far
            route add default via 169.254.2.2

            """,
            CancellationToken.None);
        await _ends.IpAsync("link set near up\nlink set far up\n", CancellationToken.None);
        _conntrack = Router.Net.Run(static () => NetlinkSocket.Open(NetlinkFamily.NETLINK_NETFILTER, TimeSpan.FromSeconds(5)));
        var device = (await _ends.RunAsync("ip", ["-o", "link", "show", "near"], null, CancellationToken.None)).EnsureSuccess().Output;
        var number = int.Parse(device.AsSpan(0, device.IndexOf(':')), NumberStyles.None, CultureInfo.InvariantCulture);
        _sender = _ends.Net.Run(() => new SynSender(number, [2, 0, 0, 0, 0, 1]));
    }
}
