namespace Shunt.Model;

/// <summary>Whether connections of one client stay with one endpoint. <c>default</c> is no affinity.</summary>
/// <param name="ClientIp">True for <c>sessionAffinity: ClientIP</c>.</param>
/// <param name="TimeoutSeconds">For how long after the last connection; zero without affinity.</param>
public readonly record struct SessionAffinity(bool ClientIp, int TimeoutSeconds);
