namespace Shunt.Proxy.Options;

/// <summary>A feature gate of Kubernetes.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Stage">alpha, beta, ga or deprecated.</param>
/// <param name="Default">Whether it is on unless something is said.</param>
/// <param name="IsLocked">Whether the default cannot be changed.</param>
internal sealed record FeatureGate(string Name, string Stage, bool Default, bool IsLocked);
