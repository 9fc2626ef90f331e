namespace Shunt.Proxy.Events;

/// <summary>An event and how often it happened. Belongs to <see cref="EventCorrelator"/>, under its lock.</summary>
internal sealed class EventEntry
{
    /// <summary>The event.</summary>
    public required ClusterEvent Event { get; init; }

    /// <summary>The name of its object.</summary>
    public required string Name { get; init; }

    /// <summary>When it happened first.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>How often it happened.</summary>
    public int Count { get; set; } = 1;

    /// <summary>When it happened last.</summary>
    public required DateTimeOffset LastObserved { get; set; }

    /// <summary>The count the API server has; zero while it has no such object.</summary>
    public int CountSent { get; set; }

    /// <summary>When it got it.</summary>
    public DateTimeOffset LastSent { get; set; }
}
