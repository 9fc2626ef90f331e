using System.Collections.Immutable;

namespace Shunt.Proxy.State;

/// <summary>Something a source of cluster state has to say. The three cases are the only ones.</summary>
internal abstract record WatchEvent
{
    private WatchEvent()
    {
    }

    /// <summary>The complete list of one kind: what is not in it is gone.</summary>
    /// <param name="Kind">The kind.</param>
    /// <param name="Objects">All objects of the kind.</param>
    /// <param name="Unreadable">
    /// Objects that exist but could not be decoded: the last good version of each, if there is one, stays in force.
    /// </param>
    internal sealed record Listed(ObjectKind Kind, ImmutableArray<ClusterObject> Objects, ImmutableArray<ObjectKey> Unreadable) : WatchEvent;

    /// <summary>An object is new or different. (One that left the selector of a watch arrives as <see cref="Deleted"/>.)</summary>
    /// <param name="Object">The object as it is now.</param>
    internal sealed record Changed(ClusterObject Object) : WatchEvent;

    /// <summary>An object is gone.</summary>
    /// <param name="Kind">Its kind.</param>
    /// <param name="Key">Which one.</param>
    internal sealed record Deleted(ObjectKind Kind, ObjectKey Key) : WatchEvent;
}
