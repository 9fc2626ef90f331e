using Shunt.Model;

namespace Shunt.Proxy.Sync;

/// <summary>
/// Whoever wants to know what becomes of syncs: health, metrics, health checks of Services, the clean-up of connection tracking. Called by the
/// sync loop, one call at a time; must not throw, and must cost what the change cost. What an observer does not care for it leaves out.
/// </summary>
internal interface ISyncObserver
{
    /// <summary>A sync of the family is wanted.</summary>
    void Requested(IpFamily family)
    {
    }

    /// <summary>A sync of the family succeeded; it may have refused single Service ports.</summary>
    void Succeeded(SyncReport report);

    /// <summary>A sync of the family failed as a whole, and will be tried again.</summary>
    /// <param name="family">The family.</param>
    /// <param name="isFull">It was relative to nothing.</param>
    /// <param name="elapsed">How long it took to fail.</param>
    void Failed(IpFamily family, bool isFull, TimeSpan elapsed)
    {
    }

    /// <summary>The kernel was read back and compared with what should be in force.</summary>
    /// <param name="family">The family.</param>
    /// <param name="drifted">How many Service ports differed (what they share counts as one), and are going to be repaired; zero when all is well.</param>
    void Verified(IpFamily family, int drifted)
    {
    }

    /// <summary>A sync period has passed: time to try again what failed outside of syncs.</summary>
    void Tend(IpFamily family)
    {
    }
}
