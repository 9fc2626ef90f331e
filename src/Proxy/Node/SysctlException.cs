namespace Shunt.Proxy.Node;

/// <summary>A kernel parameter could not be read or set; the message says which and why.</summary>
internal sealed class SysctlException(string message, Exception? inner = null) : Exception(message, inner);
