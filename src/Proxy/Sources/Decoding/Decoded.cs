using Shunt.Proxy.State;

namespace Shunt.Proxy.Sources.Decoding;

/// <summary>What became of one object on the wire. <c>Object</c> is null when it cannot be used, and <c>Error</c> then says why.</summary>
/// <param name="Object">The object.</param>
/// <param name="Key">Which one; <c>default</c> when not even that could be read.</param>
/// <param name="Error">Why it cannot be used; empty when it can.</param>
/// <param name="Hidden">An API server would not have sent it, because of the selectors the agent watches with.</param>
internal readonly record struct Decoded(ClusterObject? Object, ObjectKey Key, string Error, bool Hidden)
{
    /// <summary>The resourceVersion as a number, by which versions of one object can be ordered (KEP-5504); zero when it is none.</summary>
    public ulong Version { get; init; }

    /// <summary>The key could be read.</summary>
    public bool HasKey => !string.IsNullOrEmpty(Key.Name);

    /// <summary>The object's name for a log line.</summary>
    public string Name => HasKey ? Key.ToString() : "(name unreadable)";
}
