using System.Runtime.InteropServices;
using Shunt.Netlink.Interop;

namespace Shunt.Netlink;

/// <summary>
/// Waits until every packet that is under way in the kernel now has been dealt with: one that was read before a change may be about to read what the
/// change removes. Source: membarrier(2), MEMBARRIER_CMD_GLOBAL, which is the kernel's synchronize_rcu().
/// </summary>
public static class GracePeriod
{
    private const int MEMBARRIER_CMD_GLOBAL = 1; // linux/membarrier.h, since 4.3

    private static readonly TimeSpan LongEnough = TimeSpan.FromMilliseconds(50);

    /// <summary>Waits; a fraction of a millisecond on some kernels, some milliseconds on others.</summary>
    public static void Wait()
    {
        var number = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 283 : 324; // asm/unistd.h
        var known = RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.Arm64;
        if (known && Libc.Syscall(number, MEMBARRIER_CMD_GLOBAL, 0, 0) == 0) return;

        // A kernel without it, or with CPUs it may not disturb (nohz_full): no packet is under way for that long.
        using var never = new ManualResetEventSlim();
        never.Wait(LongEnough);
    }
}
