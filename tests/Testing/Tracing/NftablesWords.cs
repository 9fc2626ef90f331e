using System.Globalization;
using Shunt.Backends.Nftables;
using Shunt.Model;

namespace Shunt.Testing.Tracing;

/// <summary>Reads a rule word by word, and in it the keys that a packet has. A copy goes its own way from there on.</summary>
internal struct NftablesWords(string[] words)
{
    private int _at;

    public readonly bool AtEnd => _at == words.Length;

    public readonly string Rule => string.Join(' ', words);

    public string Next() => AtEnd ? throw new FormatException($"the rule ends too early: {Rule}") : words[_at++];

    /// <summary>Passes over some words if they are next.</summary>
    public bool Skip(string text)
    {
        var next = text.Split(' ');
        if (!words.AsSpan(_at).StartsWith(next)) return false;
        _at += next.Length;
        return true;
    }

    /// <summary>The same, and they must be.</summary>
    public void Expect(string text)
    {
        if (!Skip(text)) throw new FormatException($"\"{text}\" expected at word {_at}: {Rule}");
    }

    /// <summary>A priority as nft spells it: <c>major:minor</c> in hexadecimal.</summary>
    public uint Priority()
    {
        var halves = Next().Split(':');
        return uint.Parse(halves[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture) << 16
            | uint.Parse(halves[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    }

    /// <summary>A mark: <c>0x00004000</c>.</summary>
    public uint Mark() => uint.Parse(Next().AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    /// <summary>A key, such as <c>ip daddr . th dport . numgen random mod 3</c>: all that it can be, as the kernel would hold it in registers.</summary>
    public List<byte[]> Keys(TracedPacket packet, in TraceState state)
    {
        List<byte[]> keys = [[]];
        do
        {
            var values = Field(packet, state);
            keys = [.. keys.SelectMany(key => values.Select(value => (byte[])[.. key, .. value]))];
        }
        while (Skip("."));
        return keys;
    }

    private IEnumerable<byte[]> Field(TracedPacket packet, in TraceState state)
    {
        var bytes = new byte[4];
        var ip = NftablesText.Keyword(packet.Destination.Family);
        if (Skip($"{ip} saddr")) return [Masked(packet.Source)];
        if (Skip($"{ip} daddr")) return [Masked(state.Destination)];
        if (Skip("meta l4proto")) FrontendKey.WriteProtocol(bytes, packet.Protocol);
        else if (Skip("th dport")) FrontendKey.WritePort(bytes, state.Port);
        else if (Skip("meta priority")) FrontendKey.WriteNumber(bytes, state.Priority & (Skip("&") ? Priority() : uint.MaxValue));
        else if (Skip("numgen random mod")) return Enumerable.Range(0, int.Parse(Next(), CultureInfo.InvariantCulture)).Select(static i => BitConverter.GetBytes(i));
        else throw new FormatException($"the tracer does not know the field at word {_at}: {Rule}");
        return [bytes];
    }

    private byte[] Masked(IpAddr address)
    {
        var bytes = new byte[address.BitLength / 8];
        address.WriteBytes(bytes);
        if (!Skip("&")) return bytes;
        var mask = new byte[bytes.Length];
        IpAddr.Parse(Next()).WriteBytes(mask);
        for (var i = 0; i < bytes.Length; i++) bytes[i] &= mask[i];
        return bytes;
    }
}
