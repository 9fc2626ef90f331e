namespace Shunt.Backends.Iptables.LegacyVariant;

/// <summary>One rule of a chain that is being edited.</summary>
/// <param name="Packed">The rule; see <see cref="PackedRule"/>.</param>
/// <param name="Hash">A hash of it.</param>
/// <param name="Origin">The number of its entry in the kernel's table; negative when it is not there yet.</param>
internal readonly record struct LegacyRule(byte[] Packed, int Hash, int Origin)
{
    public static LegacyRule New(ReadOnlySpan<byte> packed) => new(packed.ToArray(), Utf8Content.Hash(packed), -1);

    /// <summary>It says the same.</summary>
    public bool Says(in LegacyRule other) => Hash == other.Hash && Packed.AsSpan().SequenceEqual(other.Packed);
}
