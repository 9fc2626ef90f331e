namespace Shunt.Backends.Conntrack;

/// <summary>How a look at the tracked flows ended.</summary>
public enum FlowSweepOutcome
{
    /// <summary>All flows were looked at, and the stale ones are gone.</summary>
    Done,

    /// <summary>It failed, and will probably do when it is tried again.</summary>
    Failed,

    /// <summary>This kernel has no connection tracking to look at, or this process may not.</summary>
    Impossible,
}
