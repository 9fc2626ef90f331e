namespace Shunt.Proxy.Sync;

/// <summary>The agent cannot go on and must end with exit code 1; the message says why. Rules in the kernel stay.</summary>
internal sealed class AgentStoppedException(string message) : Exception(message);
