namespace Shunt.Proxy.Sources.Decoding;

/// <summary>What one object of a watch stream is.</summary>
internal enum WatchFrameKind
{
    /// <summary>A type that is not known; ignored.</summary>
    Unknown,

    /// <summary>ADDED or MODIFIED.</summary>
    Changed,

    /// <summary>DELETED.</summary>
    Deleted,

    /// <summary>BOOKMARK: just a new resourceVersion.</summary>
    Bookmark,

    /// <summary>ERROR: a Status, and the end of the stream.</summary>
    Error,
}
