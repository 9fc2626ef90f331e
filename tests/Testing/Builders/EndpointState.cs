namespace Shunt.Testing.Builders;

/// <summary>The combinations of an endpoint's conditions that occur.</summary>
public enum EndpointState
{
    /// <summary>Ready and serving.</summary>
    Ready,

    /// <summary>Not ready, not serving.</summary>
    Unready,

    /// <summary>Terminating but still serving.</summary>
    Draining,

    /// <summary>Terminating and no longer serving.</summary>
    Terminated,

    /// <summary>Serving but not ready, and not terminating: never used.</summary>
    ServingUnready,
}
