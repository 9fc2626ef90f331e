using System.Collections.Immutable;
using Shunt.Model;
using Shunt.Netlink;
using Shunt.Netlink.Netfilter;

namespace Shunt.Backends.Nftables;

/// <summary>Hears when somebody else changes our table.</summary>
public sealed class NftablesMonitor : IDisposable
{
    private const int MaxNamed = 8;

    private readonly NftMonitor _monitor;
    private readonly Lock _lock = new(); // of the next: the loop adds, the listener reads
    private readonly HashSet<uint> _own = [];

    private NftablesMonitor(NftMonitor monitor) => _monitor = monitor;

    /// <summary>Listens in the calling thread's network namespace.</summary>
    /// <exception cref="KernelException">The kernel does not tell, or not this process.</exception>
    public static NftablesMonitor Open()
    {
        try
        {
            return new NftablesMonitor(NftMonitor.Open());
        }
        catch (NetlinkException e)
        {
            throw e.ToKernelException();
        }
    }

    /// <summary>Passes over what comes from a socket (<see cref="NftablesKernel.PortId"/>); for any thread.</summary>
    public void Ignore(uint portId)
    {
        lock (_lock) _own.Add(portId);
    }

    /// <summary>Listens until cancelled.</summary>
    /// <param name="changed">Told of each transaction of somebody else that is about our table, family by family; must return at once.</param>
    /// <param name="ct">Ends it.</param>
    /// <exception cref="KernelException">The kernel tells no more.</exception>
    public async Task RunAsync(Action<KernelChange> changed, CancellationToken ct)
    {
        try
        {
            while (true) Tell(await _monitor.ReceiveAsync(ct), changed);
        }
        catch (NetlinkException e)
        {
            throw e.ToKernelException();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _monitor.Dispose();

    private void Tell(NftChange change, Action<KernelChange> changed)
    {
        lock (_lock)
        {
            if (_own.Contains(change.PortId)) return;
        }

        Tell(change, IpFamily.IPv4, NetfilterFamily.NFPROTO_IPV4, changed);
        Tell(change, IpFamily.IPv6, NetfilterFamily.NFPROTO_IPV6, changed);
    }

    private static void Tell(NftChange change, IpFamily family, NetfilterFamily netfilter, Action<KernelChange> changed)
    {
        if (change.EventsLost)
        {
            changed(new KernelChange(family, 0, "", "more than could be heard"));
            return;
        }

        var what = Describe(change.Touched, netfilter);
        if (what.Length > 0) changed(new KernelChange(family, change.ProcessId, change.ProcessName, what));
    }

    private static string Describe(ImmutableArray<NftTouched> touched, NetfilterFamily family)
    {
        var what = "";
        var named = 0;
        foreach (var part in touched)
        {
            if (part.Family != family || part.Table != NftablesNames.Table) continue;
            if (part is { Kind: NftObject.Table, Removed: true }) return "deleted table"; // and with it all the rest
            if (++named > MaxNamed) continue;
            var verb = part.Removed ? "deleted" : "added";
            var name = part.Kind switch
            {
                NftObject.Table => "table",
                NftObject.Chain => $"chain {part.Name}",
                NftObject.Rule => $"rule of {part.Name}",
                NftObject.Set => $"set {part.Name}",
                _ => $"element of {part.Name}",
            };
            what += $"{(what.Length == 0 ? "" : ", ")}{verb} {name}";
        }

        return named > MaxNamed ? what + ", ..." : what;
    }
}
