namespace Shunt.Proxy.Events;

/// <summary>So many in a burst, and so many in a second in the long run. One owner.</summary>
internal sealed class RateLimit(TimeProvider time, double perSecond, int burst)
{
    private double _tokens = burst;
    private long _at = time.GetTimestamp();

    /// <summary>Waits for its turn.</summary>
    public async Task WaitAsync(CancellationToken ct)
    {
        Refill();
        while (_tokens < 1)
        {
            await Task.Delay(TimeSpan.FromSeconds((1 - _tokens) / perSecond) + TimeSpan.FromMilliseconds(1), time, ct);
            Refill();
        }

        _tokens--;
    }

    private void Refill()
    {
        var now = time.GetTimestamp();
        _tokens = Math.Min(burst, _tokens + (time.GetElapsedTime(_at, now).TotalSeconds * perSecond));
        _at = now;
    }
}
