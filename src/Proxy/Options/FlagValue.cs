namespace Shunt.Proxy.Options;

/// <summary>A flag and its value.</summary>
/// <param name="Name">Without dashes: <c>proxy-mode</c>.</param>
/// <param name="Value">As kube-proxy would print it: <c>true</c>, <c>1m0s</c>, <c>[a,b]</c>.</param>
internal readonly record struct FlagValue(string Name, string Value);
