using Shunt.Model;

namespace Shunt.Backends;

/// <summary>
/// One mode for one address family: what turns desired state into packets going the right way. Not thread-safe; one loop owns it.
/// </summary>
public interface IDataplane
{
    /// <summary>The mode: "iptables", "nftables", "ipvs" or "userspace".</summary>
    string Name { get; }

    /// <summary>The family it serves.</summary>
    IpFamily Family { get; }

    /// <summary>What would have to change for the kernel to be as desired. Reads, never writes.</summary>
    ValueTask<Plan> PlanAsync(DesiredState desired, CancellationToken ct);

    /// <summary>Reads the kernel, whatever is remembered, and compares. What was refused of the snapshot last applied is not expected to be there.</summary>
    ValueTask<Drift> VerifyAsync(DesiredState desired, CancellationToken ct);

    /// <summary>
    /// A cheap look whether what was written is still there at all; false after a flush by somebody else, and the next plan reads the kernel.
    /// </summary>
    ValueTask<bool> IsIntactAsync(CancellationToken ct);

    /// <summary>Removes everything of ours and nothing else.</summary>
    ValueTask CleanupAsync(CancellationToken ct);
}
