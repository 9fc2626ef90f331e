using Shunt.Model;

namespace Shunt.Backends;

/// <summary>A Service port that the kernel would not take.</summary>
/// <param name="Service">Which one.</param>
/// <param name="Reason">What the kernel, or the tool in front of it, said.</param>
public sealed record Refusal(ServicePortName Service, string Reason);
