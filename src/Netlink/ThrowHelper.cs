using System.Diagnostics.CodeAnalysis;

namespace Shunt.Netlink;

/// <summary>Throws for the ref structs, so that their own methods stay small enough to be inlined.</summary>
internal static class ThrowHelper
{
    [DoesNotReturn]
    public static void BufferTooSmall() => throw new InvalidOperationException("the buffer is too small for the netlink message");

    [DoesNotReturn]
    public static void AttributeTooLong() => throw new InvalidOperationException("a netlink attribute holds at most 65,531 bytes");

    [DoesNotReturn]
    public static void Malformed(string what) => throw new InvalidDataException($"malformed netlink data: {what}");
}
