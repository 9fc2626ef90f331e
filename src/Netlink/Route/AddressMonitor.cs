namespace Shunt.Netlink.Route;

/// <summary>
/// The addresses of all interfaces, up or down, in the network namespace of the thread that opens it, and when they change. Takes no
/// privilege. One owner at a time. Source: linux/rtnetlink.h.
/// </summary>
public sealed class AddressMonitor : IDisposable
{
    private const ushort RTM_NEWADDR = 20;
    private const ushort RTM_GETADDR = 22;
    private const int RTNLGRP_IPV4_IFADDR = 5;
    private const int RTNLGRP_IPV6_IFADDR = 9;
    private const int MaxTries = 8;

    private static readonly TimeSpan ReceiveTimeout = TimeSpan.FromSeconds(5);

    private readonly NetlinkEvents _events;
    private readonly NetlinkSocket _requests;

    private AddressMonitor(NetlinkEvents events, NetlinkSocket requests)
    {
        _events = events;
        _requests = requests;
    }

    /// <summary>Subscribes to changes; what changes from now on ends a <see cref="WaitAsync"/>.</summary>
    /// <exception cref="NetlinkException">The kernel would not.</exception>
    public static AddressMonitor Open()
    {
        var events = NetlinkEvents.Open(NetlinkFamily.NETLINK_ROUTE, RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV6_IFADDR);
        try
        {
            return new AddressMonitor(events, NetlinkSocket.Open(NetlinkFamily.NETLINK_ROUTE, ReceiveTimeout));
        }
        catch (NetlinkException)
        {
            events.Dispose();
            throw;
        }
    }

    /// <summary>Hands over every IPv4 and IPv6 address there is now. A change during the reading starts it again, with a fresh state.</summary>
    /// <param name="start">Makes what the handler fills.</param>
    /// <param name="handle">Called for each address, in the kernel's order.</param>
    /// <returns>What was filled.</returns>
    /// <exception cref="NetlinkException">The kernel would not say, or changed too often meanwhile (ERESTART).</exception>
    public TState Read<TState>(Func<TState> start, InterfaceAddressHandler<TState> handle)
    {
        ArgumentNullException.ThrowIfNull(start);
        ArgumentNullException.ThrowIfNull(handle);
        for (var left = MaxTries; ; left--)
        {
            _events.Drain();
            var filled = start();
            try
            {
                Dump(filled, handle);
                return filled;
            }
            catch (NetlinkException e) when (e.Errno == NetlinkErrno.ERESTART && left > 1)
            {
                // The dump is a mixture of before and after.
            }
        }
    }

    /// <summary>Waits until an address may have come or gone since the last <see cref="Read"/> began.</summary>
    /// <exception cref="NetlinkException">The socket failed.</exception>
    public Task WaitAsync(CancellationToken ct) => _events.WaitAsync(ct);

    /// <inheritdoc/>
    public void Dispose()
    {
        _events.Dispose();
        _requests.Dispose();
    }

    private void Dump<TState>(TState state, InterfaceAddressHandler<TState> handle)
    {
        var sequence = _requests.NextSequence();
        var writer = new NetlinkWriter(stackalloc byte[32]);
        var message = writer.BeginMessage(RTM_GETADDR, NetlinkFlags.NLM_F_REQUEST | NetlinkFlags.NLM_F_DUMP, sequence);
        writer.AddHeader(stackalloc byte[8]); // struct ifaddrmsg; family 0 (AF_UNSPEC) is all of them
        writer.EndMessage(message);
        _requests.Dump(writer.Written, sequence, "list the addresses", (state, handle), static (target, reply) =>
        {
            if (reply.Type == RTM_NEWADDR && InterfaceAddress.TryRead(reply, out var address)) target.handle(target.state, address);
        });
    }
}
