using System.Buffers.Binary;
using System.Text;

namespace Shunt.Backends.Nftables;

/// <summary>
/// A rule's hash in its own user data. The kernel lets nobody change a rule but by replacing it with its user data, so a rule that carries the
/// hash of what we wrote is what we wrote; the kernel's own form of the expressions differs from ours, and from version to version.
/// </summary>
internal static class RuleFingerprint
{
    /// <summary>Not one of libnftnl's types (NFTNL_UDATA_RULE_*), which <c>nft</c> passes over.</summary>
    private const byte Type = 0x5C;

    private const byte NFTNL_UDATA_RULE_COMMENT = 0;

    /// <summary>The hash, never 0.</summary>
    public static ulong Of(ReadOnlySpan<byte> expressions, string comment) => StableHash.Of(comment, StableHash.Of(expressions)) | 1;

    /// <summary>The user data of a rule: its comment, if it has one, and its fingerprint.</summary>
    public static byte[] UserData(TableRule rule)
    {
        var comment = Encoding.UTF8.GetBytes(rule.Comment);
        var length = comment.Length == 0 ? 0 : comment.Length + 3;
        var data = new byte[length + 2 + sizeof(ulong)];
        if (length > 0)
        {
            data[0] = NFTNL_UDATA_RULE_COMMENT;
            data[1] = (byte)(comment.Length + 1);
            comment.CopyTo(data, 2);
        }

        data[length] = Type;
        data[length + 1] = sizeof(ulong);
        BinaryPrimitives.WriteUInt64BigEndian(data.AsSpan(length + 2), rule.Fingerprint);
        return data;
    }

    /// <summary>The fingerprint in a rule's user data; 0 when there is none, so somebody else wrote it.</summary>
    public static ulong Read(ReadOnlySpan<byte> userData)
    {
        while (userData.Length >= 2 && userData.Length >= 2 + userData[1])
        {
            var value = userData.Slice(2, userData[1]);
            if (userData[0] == Type && value.Length == sizeof(ulong)) return BinaryPrimitives.ReadUInt64BigEndian(value);
            userData = userData[(2 + value.Length)..];
        }

        return 0;
    }
}
