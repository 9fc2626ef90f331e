using Shunt.Netlink.Netfilter;

namespace Shunt.Netlink.Conntrack;

/// <summary>The connection-tracking table of a network namespace: the kernel's, or one in memory. One owner at a time.</summary>
public interface IConntrackTable : IDisposable
{
    /// <summary>Hands over the entries of one family, in no order. Entries that come or go meanwhile may or may not be among them.</summary>
    /// <param name="family">The family.</param>
    /// <param name="protocol">
    /// The IANA number of the only protocol of interest, or null for all. It spares work and is no promise: kernels before 5.8 hand over all.
    /// </param>
    /// <param name="state">What the handler fills.</param>
    /// <param name="handle">Takes each entry.</param>
    /// <exception cref="NetlinkException">
    /// The kernel refused; or the dump was interrupted (ERESTART, EINTR): what was handed over is true, but some may be missing.
    /// </exception>
    void Dump<TState>(NetfilterFamily family, byte? protocol, TState state, ConntrackHandler<TState> handle)
        where TState : class;

    /// <summary>Deletes entries. One that is gone already, even if its tuple is in use again, is no error; a refusal stops nothing.</summary>
    /// <exception cref="NetlinkException">The socket failed, or answers were lost; some may have been deleted.</exception>
    ConntrackDeletion Delete(ReadOnlySpan<ConntrackKey> keys);
}
