namespace Shunt.Proxy.Kubernetes;

/// <summary>The patience of a <see cref="Reflector"/>. The defaults are those of the field.</summary>
internal sealed record ReflectorOptions
{
    /// <summary>How many objects one page of a list has.</summary>
    public int PageSize { get; init; } = 500;

    /// <summary>Stream the initial list through a watch where the server can (KEP-3157).</summary>
    public bool WatchList { get; init; } = true;

    /// <summary>How long a watch lasts before the server ends it: between this and twice this, at random.</summary>
    public TimeSpan WatchTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long after its end a watch that the server did not end counts as dead.</summary>
    public TimeSpan SilenceMargin { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the initial events of a watch may pause before the server counts as one that cannot stream lists.</summary>
    public TimeSpan InitialEventsTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often to look whether the server has learned of a resource it did not know.</summary>
    public TimeSpan NotFoundInterval { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The first wait after a failure; it doubles with each further one.</summary>
    public TimeSpan InitialBackoff { get; init; } = TimeSpan.FromMilliseconds(800);

    /// <summary>The longest wait after a failure.</summary>
    public TimeSpan MaxBackoff { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The longest Retry-After that is honoured.</summary>
    public TimeSpan MaxRetryAfter { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Where jitter comes from. Must be safe for several threads.</summary>
    public Random Random { get; init; } = Random.Shared;
}
