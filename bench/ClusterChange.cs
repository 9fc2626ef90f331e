namespace Shunt.Bench;

/// <summary>The least that can change in a cluster.</summary>
internal enum ClusterChange
{
    /// <summary>A pod instead of another.</summary>
    EndpointReplaced,

    /// <summary>A pod more.</summary>
    EndpointAdded,

    /// <summary>A pod less.</summary>
    EndpointRemoved,

    /// <summary>A Service with its endpoints more.</summary>
    ServiceAdded,

    /// <summary>A Service with its endpoints less.</summary>
    ServiceRemoved,
}
