namespace Shunt.Proxy.Demo;

/// <summary>How often an answer came.</summary>
/// <param name="SeenSource">The source address that pod saw last; empty when none answered.</param>
/// <param name="Requests">How many requests.</param>
internal readonly record struct DemoCount(string SeenSource, int Requests);
