namespace Shunt.Proxy.Kubernetes;

/// <summary>How long to wait before the next try: doubling, with jitter, so that a thousand nodes do not come back at once.</summary>
internal sealed class Backoff(TimeSpan initial, TimeSpan max, Random random)
{
    private int _failures;

    /// <summary>The next wait: between the nominal one and half as much again, never above the maximum.</summary>
    public TimeSpan Next()
    {
        var wait = initial * Math.Pow(2, _failures) * (1 + (random.NextDouble() / 2));
        if (wait < max) _failures++;
        return wait < max ? wait : max;
    }

    /// <summary>Something succeeded: the next wait is the initial one.</summary>
    public void Reset() => _failures = 0;
}
