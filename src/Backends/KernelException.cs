namespace Shunt.Backends;

/// <summary>The kernel, or the tool in front of it, failed in a way that no single Service is to blame for.</summary>
public sealed class KernelException(string message, Exception? inner = null) : Exception(message, inner);
