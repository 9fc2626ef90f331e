namespace Shunt.Proxy.Sync;

/// <summary>
/// Says when the next sync is due: at once when one is asked for, but never sooner than a minimum after the end of the last one; some time
/// after one that failed, longer each time; and long after one that succeeded, even if nobody asks. Requests while one waits are merged.
/// </summary>
internal sealed class SyncPacer
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(1);

    private readonly TimeProvider _time;
    private readonly long _origin;
    private readonly TimeSpan _minInterval;
    private readonly TimeSpan _maxRetry;
    private readonly TimeSpan _maxInterval;
    private TimeSpan? _requestedFor;
    private TimeSpan? _scheduledFor;
    private TimeSpan _notBefore;

    /// <summary>Nothing is due until the first request, which is due at once.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="minInterval">From the end of one sync to the start of the next, at least.</param>
    /// <param name="maxRetry">From a failed sync to the next, at most.</param>
    /// <param name="maxInterval">From a successful sync to the next, at most.</param>
    public SyncPacer(TimeProvider time, TimeSpan minInterval, TimeSpan maxRetry, TimeSpan maxInterval)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxInterval, minInterval);
        _time = time;
        _origin = time.GetTimestamp();
        _minInterval = minInterval;
        _maxRetry = maxRetry;
        _maxInterval = maxInterval;
    }

    /// <summary>How many syncs failed since the last that succeeded.</summary>
    public int Failures { get; private set; }

    /// <summary>How long until a sync is due: zero when it is, null when none will be until it is asked for.</summary>
    public TimeSpan? DueIn
    {
        get
        {
            if ((_requestedFor ?? _scheduledFor) is not { } due) return null;
            if (_scheduledFor < due) due = _scheduledFor.Value;
            if (due < _notBefore) due = _notBefore;
            var wait = due - Now;
            return wait > TimeSpan.Zero ? wait : TimeSpan.Zero;
        }
    }

    private TimeSpan Now => _time.GetElapsedTime(_origin);

    /// <summary>There is something to sync.</summary>
    public void Request() => _requestedFor ??= Now;

    /// <summary>There is something to sync that cannot wait, not even for the minimum interval.</summary>
    public void RequestNow()
    {
        _requestedFor = Now;
        _notBefore = TimeSpan.Zero;
    }

    /// <summary>A sync starts: it answers the requests so far.</summary>
    public void Started()
    {
        _requestedFor = null;
        _scheduledFor = null;
    }

    /// <summary>The sync ended well.</summary>
    /// <param name="again">When the next is wanted, if that is before the longest interval; null when it is not.</param>
    public void Succeeded(TimeSpan? again)
    {
        Failures = 0;
        Ended(again < _maxInterval ? again.Value : _maxInterval);
    }

    /// <summary>The sync failed: it is tried again, even if nobody asks.</summary>
    /// <returns>After how long.</returns>
    public TimeSpan Failed()
    {
        Failures++;
        var doubled = FirstRetry * Math.Pow(2, Math.Min(Failures - 1, 30));
        Ended(doubled < _maxRetry ? doubled : _maxRetry);
        return DueIn ?? TimeSpan.Zero;
    }

    private void Ended(TimeSpan next)
    {
        _notBefore = Now + _minInterval;
        _scheduledFor = Now + next;
    }
}
