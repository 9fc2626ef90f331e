namespace Shunt.Backends.Iptables;

/// <summary>A chain that was read.</summary>
/// <param name="Table">Its table.</param>
/// <param name="Name">Its name.</param>
/// <param name="IsBuiltIn">It has a policy: a chain of the kernel's own.</param>
/// <param name="Rules">Its rules: whole lines.</param>
public sealed record DumpedChain(IptablesTable Table, ReadOnlyMemory<byte> Name, bool IsBuiltIn, ReadOnlyMemory<byte> Rules);
