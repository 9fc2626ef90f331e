using System.Globalization;
using System.Text;
using Shunt.Model;

namespace Shunt.Backends.Iptables;

/// <summary>
/// Writes rules the way iptables-save prints them, so that what is wanted can be compared with what is there byte by byte. The order of the
/// calls is the order of the words: chain, source, destination, interface, protocol, matches, target. Reused; grows to the largest block.
/// </summary>
internal sealed class RuleWriter
{
    private byte[] _buffer = new byte[4096];
    private int _length;

    /// <summary>Everything written since <see cref="Clear"/>.</summary>
    public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, _length);

    /// <summary>Forgets what was written.</summary>
    public void Clear() => _length = 0;

    /// <summary>A copy of what was written, of exactly its size.</summary>
    public ReadOnlyMemory<byte> ToMemory() => _length == 0 ? default : Written.ToArray();

    /// <summary>A copy of what was written, among others.</summary>
    public ReadOnlyMemory<byte> ToMemory(RuleStore store) => store.Add(Written);

    /// <summary>Begins a rule in a chain whose name is the two parts together.</summary>
    public RuleWriter Append(ReadOnlySpan<byte> chain, ReadOnlySpan<byte> hash = default) => Raw("-A "u8).Raw(chain).Raw(hash);

    /// <summary>Ends the rule.</summary>
    public void End() => Raw("\n"u8);

    public RuleWriter Source(IpPrefix prefix, bool negated = false) => Raw(negated ? " ! -s "u8 : " -s "u8).Prefix(prefix);

    public RuleWriter Source(IpAddr address) => Source(IpPrefix.Host(address));

    public RuleWriter Destination(IpPrefix prefix, bool negated = false) => Raw(negated ? " ! -d "u8 : " -d "u8).Prefix(prefix);

    public RuleWriter Destination(IpAddr address) => Destination(IpPrefix.Host(address));

    /// <summary>A match of the input interface; a prefix of names ends with a plus sign.</summary>
    public RuleWriter InInterface(string name, bool isPrefix, bool negated)
    {
        Raw(negated ? " ! -i "u8 : " -i "u8).Text(name);
        return isPrefix ? Raw("+"u8) : this;
    }

    public RuleWriter Protocol(Protocol protocol) => Raw(" -p "u8).Text(protocol.ToRuleName());

    /// <summary>The protocol's own match, without ports.</summary>
    public RuleWriter ProtocolMatch(Protocol protocol) => Raw(" -m "u8).Text(protocol.ToRuleName());

    public RuleWriter DestinationPort(Protocol protocol, ushort port) => ProtocolMatch(protocol).Raw(" --dport "u8).Number(port);

    /// <summary>A comment made of up to three parts.</summary>
    public RuleWriter Comment(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second = default, ReadOnlySpan<byte> third = default) =>
        Raw(" -m comment --comment \""u8).Raw(first).Raw(second).Raw(third).Raw("\""u8);

    /// <summary>A match of a list of client addresses that were seen lately, whose name is the two parts together, or an entry into it.</summary>
    public RuleWriter Recent(ReadOnlySpan<byte> list, ReadOnlySpan<byte> hash, IpFamily family, int? withinSeconds)
    {
        Raw(" -m recent "u8);
        if (withinSeconds is { } seconds) Raw("--rcheck --seconds "u8).Number(seconds).Raw(" --reap"u8);
        else Raw("--set"u8);
        Raw(" --name "u8).Raw(list).Raw(hash).Raw(" --mask "u8);
        return Raw(family == IpFamily.IPv4 ? "255.255.255.255"u8 : "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"u8).Raw(" --rsource"u8);
    }

    /// <summary>A match of one packet in <paramref name="remaining"/>, at random.</summary>
    public RuleWriter Probability(int remaining) => Raw(" -m statistic --mode random --probability "u8).Raw(RuleProbability.Text(remaining));

    public RuleWriter SourceIsLocal() => Raw(" -m addrtype --src-type LOCAL"u8);

    public RuleWriter DestinationIsLocal() => Raw(" -m addrtype --dst-type LOCAL"u8);

    public RuleWriter NfAcct(string counter) => Raw(" -m nfacct --nfacct-name "u8).Text(counter);

    /// <summary>The target: a chain whose name is the two parts together, or a built-in verdict.</summary>
    public void Jump(ReadOnlySpan<byte> target, ReadOnlySpan<byte> hash = default) => Raw(" -j "u8).Raw(target).Raw(hash).End();

    public void Reject(IpFamily family) =>
        Raw(" -j REJECT --reject-with "u8).Raw(family == IpFamily.IPv4 ? "icmp-port-unreachable"u8 : "icmp6-port-unreachable"u8).End();

    public void Dnat(ReadOnlySpan<byte> endpoint) => Raw(" -j DNAT --to-destination "u8).Raw(endpoint).End();

    public void Dnat(IpAddr address, ushort port)
    {
        Span<byte> text = stackalloc byte[IpAddr.MaxTextLength];
        text = text[..address.Format(text)];
        Raw(" -j DNAT --to-destination "u8);
        if (address.Family == IpFamily.IPv4) Raw(text);
        else Raw("["u8).Raw(text).Raw("]"u8);
        Raw(":"u8).Number(port).End();
    }

    public RuleWriter Hex(uint value)
    {
        value.TryFormat(Room(10), out var written, "x", CultureInfo.InvariantCulture);
        _length += written;
        return this;
    }

    public RuleWriter Number(int value)
    {
        value.TryFormat(Room(11), out var written, default, CultureInfo.InvariantCulture);
        _length += written;
        return this;
    }

    public RuleWriter Text(string ascii)
    {
        _length += Encoding.ASCII.GetBytes(ascii, Room(ascii.Length));
        return this;
    }

    public RuleWriter Raw(ReadOnlySpan<byte> text)
    {
        text.CopyTo(Room(text.Length));
        _length += text.Length;
        return this;
    }

    private RuleWriter Prefix(IpPrefix prefix)
    {
        _length += prefix.Format(Room(IpPrefix.MaxTextLength));
        return this;
    }

    private Span<byte> Room(int size)
    {
        if (_buffer.Length - _length < size) Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _length + size));
        return _buffer.AsSpan(_length);
    }
}
