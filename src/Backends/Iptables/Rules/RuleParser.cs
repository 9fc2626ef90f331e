using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Shunt.Model;

namespace Shunt.Backends.Iptables.Rules;

/// <summary>Reads the lines that the compiler writes and iptables-save prints.</summary>
internal ref struct RuleParser
{
    private readonly ReadOnlyMemory<byte> _line;
    private readonly Rule _rule;
    private int _at;

    private RuleParser(ReadOnlyMemory<byte> line, Rule rule)
    {
        _line = line;
        _rule = rule;
    }

    /// <summary>Reads a rule, without a newline. What is read refers to the line's memory.</summary>
    /// <exception cref="KernelException">It has words that no rule of ours has.</exception>
    public static void Parse(ReadOnlyMemory<byte> line, Rule rule)
    {
        var parser = new RuleParser(line, rule);
        parser.Expect("-A"u8);
        rule.Reset(parser.Next());
        while (parser.TryNext(out var word)) parser.ReadOption(word.Span);
    }

    private void ReadOption(ReadOnlySpan<byte> word)
    {
        var negated = word.SequenceEqual("!"u8);
        if (negated) word = Next().Span;
        switch (word)
        {
            case [(byte)'-', (byte)'s']:
                _rule.Source = Prefix();
                _rule.SourceIsNegated = negated;
                break;
            case [(byte)'-', (byte)'d']:
                _rule.Destination = Prefix();
                _rule.DestinationIsNegated = negated;
                break;
            case [(byte)'-', (byte)'i']:
                ReadInterface(negated);
                break;
            case [(byte)'-', (byte)'p'] when !negated:
                _rule.Protocol = ProtocolOf(Next().Span);
                break;
            case [(byte)'-', (byte)'m'] when !negated:
                ReadMatch(Next().Span);
                break;
            case [(byte)'-', (byte)'j'] when !negated:
                _rule.Target = Target(Next());
                break;
            default:
                throw NotUnderstood();
        }
    }

    private void ReadInterface(bool negated)
    {
        var name = Next();
        _rule.InterfaceIsPrefix = name.Span is [.., (byte)'+'];
        _rule.Interface = _rule.InterfaceIsPrefix ? name[..^1] : name;
        _rule.InterfaceIsNegated = negated;
    }

    private void ReadMatch(ReadOnlySpan<byte> name)
    {
        if (name.SequenceEqual("comment"u8)) Add(RuleMatchKind.Comment, text: Value("--comment"u8));
        else if (name.SequenceEqual("statistic"u8)) ReadRandom();
        else if (name.SequenceEqual("recent"u8)) ReadRecent();
        else if (name.SequenceEqual("addrtype"u8)) ReadAddressType();
        else if (name.SequenceEqual("conntrack"u8)) ReadConntrack();
        else if (name.SequenceEqual("mark"u8)) ReadMark();
        else if (name.SequenceEqual("nfacct"u8)) Add(RuleMatchKind.Counter, text: Value("--nfacct-name"u8));
        else if (_rule.Protocol is { } protocol && ProtocolOf(name) == protocol) ReadTransport();
        else throw NotUnderstood();
    }

    private void ReadTransport() =>
        Add(RuleMatchKind.Transport, TryTake("--dport"u8) ? Number(Next().Span, hexadecimal: false) : RuleMatch.AnyPort);

    private void ReadRandom()
    {
        Expect("--mode"u8);
        Expect("random"u8);
        Add(RuleMatchKind.Random, RuleProbability.Parse(Value("--probability"u8).Span));
    }

    private void ReadRecent()
    {
        uint seconds = 0;
        var sets = TryTake("--set"u8);
        if (!sets)
        {
            Expect("--rcheck"u8);
            seconds = Number(Value("--seconds"u8).Span, hexadecimal: false);
            Expect("--reap"u8);
        }

        var list = Value("--name"u8);
        Value("--mask"u8); // all ones in every rule of ours
        Expect("--rsource"u8);
        Add(sets ? RuleMatchKind.RecentSet : RuleMatchKind.RecentCheck, seconds, text: list);
    }

    private void ReadAddressType()
    {
        var source = TryTake("--src-type"u8);
        if (!source) Expect("--dst-type"u8);
        Expect("LOCAL"u8);
        Add(source ? RuleMatchKind.SourceIsLocal : RuleMatchKind.DestinationIsLocal);
    }

    private void ReadConntrack()
    {
        var negated = TryTake("!"u8);
        Add(RuleMatchKind.ConntrackState, ConntrackStates.Parse(Value("--ctstate"u8).Span) ?? throw NotUnderstood(), negated: negated);
    }

    private void ReadMark()
    {
        var negated = TryTake("!"u8);
        var (value, mask) = MarkAndMask(Value("--mark"u8).Span);
        Add(RuleMatchKind.Mark, value, mask, negated: negated);
    }

    private void Add(RuleMatchKind kind, uint value = 0, uint mask = 0, bool negated = false, ReadOnlyMemory<byte> text = default) =>
        _rule.Matches.Add(new RuleMatch(kind) { Value = value, Mask = mask, IsNegated = negated, Text = text });

    private RuleTarget Target(ReadOnlyMemory<byte> name)
    {
        var word = name.Span;
        if (word.SequenceEqual("ACCEPT"u8)) return new RuleTarget(RuleTargetKind.Accept);
        if (word.SequenceEqual("DROP"u8)) return new RuleTarget(RuleTargetKind.Drop);
        if (word.SequenceEqual("RETURN"u8)) return new RuleTarget(RuleTargetKind.Return);
        if (word.SequenceEqual("MASQUERADE"u8)) return new RuleTarget(RuleTargetKind.Masquerade) { IsFullyRandom = TryTake("--random-fully"u8) };
        if (word.SequenceEqual("DNAT"u8)) return Dnat(Value("--to-destination"u8).Span);
        if (word.SequenceEqual("REJECT"u8))
        {
            Value("--reject-with"u8); // that nobody listens on the port, in every rule of ours
            return new RuleTarget(RuleTargetKind.Reject);
        }

        if (!word.SequenceEqual("MARK"u8)) return new RuleTarget(RuleTargetKind.Jump) { Chain = name };
        var (mark, mask) = MarkAndMask(Value("--set-xmark"u8).Span);
        return new RuleTarget(RuleTargetKind.Mark) { Mark = mark, Mask = mask };
    }

    private RuleTarget Dnat(ReadOnlySpan<byte> destination)
    {
        var colon = destination.LastIndexOf((byte)':');
        if (colon < 0) throw NotUnderstood();
        var address = destination[0] == '[' ? destination[1..(colon - 1)] : destination[..colon];
        var port = Number(destination[(colon + 1)..], hexadecimal: false);
        return new RuleTarget(RuleTargetKind.Dnat) { Address = Prefix(address).Address, Port = (ushort)port };
    }

    private (uint Value, uint Mask) MarkAndMask(ReadOnlySpan<byte> text)
    {
        var slash = text.IndexOf((byte)'/');
        if (slash < 0) return (Number(text, hexadecimal: true), uint.MaxValue);
        return (Number(text[..slash], hexadecimal: true), Number(text[(slash + 1)..], hexadecimal: true));
    }

    private uint Number(ReadOnlySpan<byte> text, bool hexadecimal)
    {
        if (hexadecimal && text.StartsWith("0x"u8)) text = text[2..];
        if (Utf8Parser.TryParse(text, out uint value, out var read, hexadecimal ? 'x' : 'D') && read == text.Length) return value;
        throw NotUnderstood();
    }

    private Protocol ProtocolOf(ReadOnlySpan<byte> name)
    {
        if (name.SequenceEqual("tcp"u8)) return Model.Protocol.Tcp;
        if (name.SequenceEqual("udp"u8)) return Model.Protocol.Udp;
        return name.SequenceEqual("sctp"u8) ? Model.Protocol.Sctp : throw NotUnderstood();
    }

    private IpPrefix Prefix() => Prefix(Next().Span);

    private IpPrefix Prefix(ReadOnlySpan<byte> text)
    {
        Span<char> characters = stackalloc char[IpPrefix.MaxTextLength];
        if (text.Length > characters.Length) throw NotUnderstood();
        characters = characters[..Encoding.Latin1.GetChars(text, characters)];
        if (IpPrefix.TryParse(characters, out var prefix)) return prefix;
        return IpAddr.TryParse(characters, out var address) ? IpPrefix.Host(address) : throw NotUnderstood();
    }

    /// <summary>The word after one that must come next.</summary>
    private ReadOnlyMemory<byte> Value(ReadOnlySpan<byte> option)
    {
        Expect(option);
        return Next();
    }

    private void Expect(ReadOnlySpan<byte> word)
    {
        if (!Next().Span.SequenceEqual(word)) throw NotUnderstood();
    }

    private bool TryTake(ReadOnlySpan<byte> word)
    {
        var before = _at;
        if (TryNext(out var next) && next.Span.SequenceEqual(word)) return true;
        _at = before;
        return false;
    }

    private ReadOnlyMemory<byte> Next() => TryNext(out var word) ? word : throw NotUnderstood();

    /// <summary>Takes the next word; quotation marks, which no comment of ours has in it, are not part of it.</summary>
    private bool TryNext(out ReadOnlyMemory<byte> word)
    {
        var rest = _line.Span[_at..];
        word = default;
        if (rest.IsEmpty) return false;
        var quoted = rest[0] == '"';
        var end = quoted ? rest[1..].IndexOf((byte)'"') + 1 : rest.IndexOf((byte)' ');
        if (quoted && end == 0) throw NotUnderstood();
        if (end < 0) end = rest.Length;
        word = quoted ? _line.Slice(_at + 1, end - 1) : _line.Slice(_at, end);
        _at = Math.Min(_line.Length, _at + end + (quoted ? 2 : 1));
        return true;
    }

    private readonly KernelException NotUnderstood() =>
        new(string.Create(CultureInfo.InvariantCulture, $"a rule has words that are not known here: {Encoding.UTF8.GetString(_line.Span)}"));
}
