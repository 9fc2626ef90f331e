using System.Collections.Immutable;
using Shunt.Model;
using Shunt.Netlink;
using Shunt.Netlink.Netfilter;

namespace Shunt.Backends;

/// <summary>Hears when somebody else changes what is ours in nf_tables.</summary>
public sealed class RuleMonitor : IDisposable
{
    private const int MaxNamed = 8;

    private readonly NftMonitor _monitor;
    private readonly Lock _lock = new(); // of the next: the loop adds, the listener reads
    private IWatchedKernel[] _kernels = [];

    private RuleMonitor(NftMonitor monitor) => _monitor = monitor;

    /// <summary>Listens in the calling thread's network namespace.</summary>
    /// <exception cref="KernelException">The kernel does not tell, or not this process.</exception>
    public static RuleMonitor Open()
    {
        try
        {
            return new RuleMonitor(NftMonitor.Open());
        }
        catch (NetlinkException e)
        {
            throw e.ToKernelException();
        }
    }

    /// <summary>Hears of changes to what a kernel calls its own, but for those that it makes; for any thread.</summary>
    public void Watch(IWatchedKernel kernel)
    {
        lock (_lock) _kernels = [.. _kernels, kernel];
    }

    /// <summary>Listens until cancelled.</summary>
    /// <param name="changed">Told of each transaction of somebody else that is about what is ours, family by family; must return at once.</param>
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
        IWatchedKernel[] kernels;
        lock (_lock) kernels = _kernels;
        foreach (var kernel in kernels)
        {
            if (kernel.PortId == change.PortId) return;
        }

        Tell(change, IpFamily.IPv4, NetfilterFamily.NFPROTO_IPV4, kernels, changed);
        Tell(change, IpFamily.IPv6, NetfilterFamily.NFPROTO_IPV6, kernels, changed);
    }

    private static void Tell(
        NftChange change, IpFamily family, NetfilterFamily netfilter, IWatchedKernel[] kernels, Action<KernelChange> changed)
    {
        if (change.EventsLost)
        {
            changed(new KernelChange(family, 0, "", "more than could be heard"));
            return;
        }

        var what = Describe(change.Touched, netfilter, kernels);
        if (what.Length > 0) changed(new KernelChange(family, change.ProcessId, change.ProcessName, what));
    }

    private static string Describe(ImmutableArray<NftTouched> touched, NetfilterFamily family, IWatchedKernel[] kernels)
    {
        var what = "";
        var named = 0;
        foreach (var part in touched)
        {
            if (part.Family != family || !IsOurs(part, kernels)) continue;
            if (part is { Kind: NftObject.Table, Removed: true }) return $"deleted table {part.Table}"; // and with it all the rest
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

    private static bool IsOurs(in NftTouched touched, IWatchedKernel[] kernels)
    {
        foreach (var kernel in kernels)
        {
            if (kernel.IsOurs(touched)) return true;
        }

        return false;
    }
}
