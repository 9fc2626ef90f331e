using Shunt.Backends;

namespace Shunt.Proxy.Sync;

/// <summary>
/// Says when the kernel is read back and compared with what should be in force: first of all, now and then, and when somebody else was heard to
/// change it, at once; but then not sooner than a minimum after the last time that happened, so that a program that changes it all the time costs
/// no more than a read each time.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="period">How often, when nothing is heard.</param>
/// <param name="minInterval">The shortest time between two that something heard is the reason for.</param>
internal sealed class VerificationPacer(TimeProvider time, TimeSpan period, TimeSpan minInterval)
{
    private long? _last;
    private long? _lastForCause;

    /// <summary>What was heard and has not been looked into yet; null for nothing.</summary>
    public KernelChange? Cause { get; private set; }

    /// <summary>Nothing has to be heard: it is time anyway.</summary>
    public bool IsPeriodOver => _last is not { } last || time.GetElapsedTime(last) >= period;

    /// <summary>How long until what was heard can be looked into: zero when it can, null when there is nothing.</summary>
    public TimeSpan? CauseDueIn
    {
        get
        {
            if (Cause is null) return null;
            var wait = _lastForCause is { } last ? minInterval - time.GetElapsedTime(last) : TimeSpan.Zero;
            return wait > TimeSpan.Zero ? wait : TimeSpan.Zero;
        }
    }

    /// <summary>Somebody else was heard to change the kernel. Until that is looked into, the first change stands for all.</summary>
    public void Heard(KernelChange change) => Cause ??= change;

    /// <summary>The kernel was read back: whatever was heard before is looked into.</summary>
    public void Verified()
    {
        _last = time.GetTimestamp();
        if (Cause is not null) _lastForCause = _last;
        Cause = null;
    }
}
