namespace Shunt.Backends.Iptables.Rules;

/// <summary>Which of the kernel's matches or targets some bytes are for.</summary>
/// <param name="name">Its name.</param>
/// <param name="revision">The version of its structure.</param>
/// <param name="length">How long that is, padded to eight bytes.</param>
internal readonly ref struct XtExtension(ReadOnlySpan<byte> name, byte revision, int length)
{
    /// <summary>Its name.</summary>
    public ReadOnlySpan<byte> Name { get; } = name;

    /// <summary>The version of its structure.</summary>
    public byte Revision { get; } = revision;

    /// <summary>How long the structure is, padded to eight bytes.</summary>
    public int Length { get; } = length;
}
