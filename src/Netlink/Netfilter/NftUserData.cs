using System.Text;

namespace Shunt.Netlink.Netfilter;

/// <summary>
/// Comments, as <c>nft</c> keeps them in an object's user data: type 0 for tables, chains, rules and elements (libnftnl/udata.h), the length,
/// the text, and a zero.
/// </summary>
public static class NftUserData
{
    /// <summary>The longest comment in bytes that <c>nft</c> has room for, without the zero.</summary>
    public const int MaxCommentLength = 127;

    private const byte NFTNL_UDATA_COMMENT = 0;

    /// <summary>User data with a comment and nothing else; what is too long is cut.</summary>
    public static byte[] Comment(string text)
    {
        var data = new byte[MaxCommentLength + 3];
        return data[..WriteComment(data, Encoding.UTF8.GetBytes(text))];
    }

    /// <summary>Writes user data with a comment and nothing else; what is too long is cut.</summary>
    /// <param name="to">Where to; it takes three bytes more than the comment.</param>
    /// <param name="text">The comment in UTF-8.</param>
    /// <returns>The number of bytes written.</returns>
    public static int WriteComment(Span<byte> to, ReadOnlySpan<byte> text)
    {
        var length = Math.Min(text.Length, MaxCommentLength);
        while (length < text.Length && length > 0 && (text[length] & 0xC0) == 0x80) length--; // not within a character
        to[0] = NFTNL_UDATA_COMMENT;
        to[1] = (byte)(length + 1);
        text[..length].CopyTo(to[2..]);
        to[2 + length] = 0;
        return length + 3;
    }

    /// <summary>The comment in user data, in UTF-8; empty for none.</summary>
    public static ReadOnlySpan<byte> ReadComment(ReadOnlySpan<byte> userData)
    {
        while (userData.Length >= 2 && userData.Length >= 2 + userData[1])
        {
            var value = userData.Slice(2, userData[1]);
            if (userData[0] == NFTNL_UDATA_COMMENT) return value.TrimEnd((byte)0);
            userData = userData[(2 + value.Length)..];
        }

        return default;
    }
}
