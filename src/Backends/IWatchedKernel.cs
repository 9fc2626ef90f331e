using Shunt.Netlink.Netfilter;

namespace Shunt.Backends;

/// <summary>A mode's kernel whose objects others can change, and of which the kernel tells when they do.</summary>
public interface IWatchedKernel
{
    /// <summary>Who its own writes come from, in the kernel's notifications.</summary>
    uint PortId { get; }

    /// <summary>Whether something in nf_tables is this mode's. For any thread.</summary>
    bool IsOurs(NftTouched touched);
}
