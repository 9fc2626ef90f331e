namespace Shunt.Proxy.Metrics;

/// <summary>A feature gate as the metrics page shows it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Stage">ALPHA, BETA, DEPRECATED, or empty for one that is generally available.</param>
/// <param name="Enabled">It is on.</param>
internal readonly record struct FeatureGate(string Name, string Stage, bool Enabled);
