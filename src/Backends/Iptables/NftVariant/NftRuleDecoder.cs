using System.Numerics;
using System.Runtime.InteropServices;
using Shunt.Backends.Iptables.Rules;
using Shunt.Model;
using Shunt.Netlink;
using Shunt.Netlink.Netfilter;

namespace Shunt.Backends.Iptables.NftVariant;

/// <summary>Makes of the kernel's expressions the rule that iptables-nft would print, where it is one that we could have written. Reused.</summary>
internal sealed class NftRuleDecoder(IpFamily family)
{
    // Attributes of expressions: linux/netfilter/nf_tables.h.
    private const ushort NFTA_EXPR_NAME = 1;
    private const ushort NFTA_EXPR_DATA = 2;
    private const ushort NFTA_DATA_VALUE = 1;
    private const ushort NFTA_DATA_VERDICT = 2;
    private const ushort NFTA_VERDICT_CODE = 1;
    private const ushort NFTA_VERDICT_CHAIN = 2;
    private const int NFT_JUMP = -3;
    private const int NFT_RETURN = -5;
    private const uint NFT_PAYLOAD_NETWORK_HEADER = 1;
    private const uint NFT_PAYLOAD_TRANSPORT_HEADER = 2;

    private readonly byte[] _mask = new byte[16];
    private Rule _rule = new();
    private Source _source;
    private int _offset;
    private int _length;
    private int _maskLength;

    /// <summary>What was loaded last.</summary>
    private enum Source
    {
        Nothing,
        Interface,
        Protocol,
        Mark,
        Network,
        Transport,
    }

    /// <summary>Reads a rule; false when no rule of ours is like this.</summary>
    public bool TryDecode(NftRuleEntry entry, ReadOnlyMemory<byte> chain, Rule rule)
    {
        _rule = rule;
        _rule.Reset(chain);
        _source = Source.Nothing;
        if (!entry.UserData.IsEmpty) return false;
        var expressions = entry.Expressions;
        while (expressions.TryRead(out var expression))
        {
            ReadOnlySpan<byte> name = default;
            var data = default(NetlinkAttributes);
            var parts = expression.Nested;
            while (parts.TryRead(out var part))
            {
                if (part.Type == NFTA_EXPR_NAME) name = part.Value.TrimEnd((byte)0);
                if (part.Type == NFTA_EXPR_DATA) data = part.Nested;
            }

            if (!TryRead(name, data)) return false;
        }

        return true;
    }

    private bool TryRead(ReadOnlySpan<byte> name, NetlinkAttributes data)
    {
        if (_rule.Target.Kind != RuleTargetKind.None) return false; // nothing comes behind the end
        if (name.SequenceEqual("counter"u8)) return true;
        if (name.SequenceEqual("match"u8)) return TryReadExtension(data, isTarget: false);
        if (name.SequenceEqual("target"u8)) return TryReadExtension(data, isTarget: true);
        if (name.SequenceEqual("meta"u8)) return TryReadMeta(data);
        if (name.SequenceEqual("payload"u8)) return TryReadPayload(data);
        if (name.SequenceEqual("bitwise"u8)) return TryReadMask(data);
        if (name.SequenceEqual("cmp"u8)) return TryReadComparison(data);
        return name.SequenceEqual("immediate"u8) && TryReadVerdict(data);
    }

    private bool TryReadExtension(NetlinkAttributes data, bool isTarget)
    {
        ReadOnlySpan<byte> name = default, info = default;
        while (data.TryRead(out var attribute))
        {
            if (attribute.Type == 1) name = attribute.Value.TrimEnd((byte)0);
            if (attribute.Type == 3) info = attribute.Value;
        }

        if (isTarget)
        {
            if (XtTargets.Read(name, info, family) is not { } target) return false;
            _rule.Target = target;
            return true;
        }

        if (XtMatches.Read(name, info, _rule.Protocol, family) is not { } match) return false;
        _rule.Matches.Add(match);
        return true;
    }

    private bool TryReadMeta(NetlinkAttributes data)
    {
        _source = Source.Nothing;
        while (data.TryRead(out var attribute))
        {
            if (attribute.Type != 2) continue;
            _source = (NftMetaKey)attribute.AsUInt32BigEndian() switch
            {
                NftMetaKey.NFT_META_IIFNAME => Source.Interface,
                NftMetaKey.NFT_META_L4PROTO => Source.Protocol,
                NftMetaKey.NFT_META_MARK => Source.Mark,
                _ => Source.Nothing,
            };
        }

        _maskLength = 0;
        return _source != Source.Nothing;
    }

    private bool TryReadPayload(NetlinkAttributes data)
    {
        uint header = 0;
        while (data.TryRead(out var attribute))
        {
            if (attribute.Type == 2) header = attribute.AsUInt32BigEndian();
            if (attribute.Type == 3) _offset = (int)attribute.AsUInt32BigEndian();
            if (attribute.Type == 4) _length = (int)attribute.AsUInt32BigEndian();
        }

        _source = header switch
        {
            NFT_PAYLOAD_NETWORK_HEADER => Source.Network,
            NFT_PAYLOAD_TRANSPORT_HEADER => Source.Transport,
            _ => Source.Nothing,
        };
        _maskLength = 0;
        return _source != Source.Nothing;
    }

    private bool TryReadMask(NetlinkAttributes data)
    {
        while (data.TryRead(out var attribute))
        {
            if (attribute.Type == 4)
            {
                var mask = Value(attribute);
                if (mask.Length > _mask.Length) return false;
                mask.CopyTo(_mask);
                _maskLength = mask.Length;
            }
            else if (attribute.Type == 5 && Value(attribute).ContainsAnyExcept((byte)0))
            {
                return false;
            }
        }

        return _maskLength > 0;
    }

    private bool TryReadComparison(NetlinkAttributes data)
    {
        ReadOnlySpan<byte> value = default;
        var comparison = NftComparison.NFT_CMP_EQ;
        while (data.TryRead(out var attribute))
        {
            if (attribute.Type == 2) comparison = (NftComparison)attribute.AsUInt32BigEndian();
            if (attribute.Type == 3) value = Value(attribute);
        }

        if (comparison is not (NftComparison.NFT_CMP_EQ or NftComparison.NFT_CMP_NEQ)) return false;
        var negated = comparison == NftComparison.NFT_CMP_NEQ;
        return _source switch
        {
            Source.Interface => TryTakeInterface(value, negated),
            Source.Protocol => TryTakeProtocol(value, negated),
            Source.Mark => TryTakeMark(value, negated),
            Source.Network => TryTakeAddress(value, negated),
            Source.Transport => TryTakePort(value, negated),
            _ => false,
        };
    }

    private bool TryTakeInterface(ReadOnlySpan<byte> value, bool negated)
    {
        if (value.IsEmpty || _maskLength > 0) return false;
        _rule.InterfaceIsPrefix = value[^1] != 0;
        _rule.Interface = value.TrimEnd((byte)0).ToArray();
        _rule.InterfaceIsNegated = negated;
        return true;
    }

    private bool TryTakeProtocol(ReadOnlySpan<byte> value, bool negated)
    {
        if (negated || value.Length != 1 || (Protocol)value[0] is not (Protocol.Tcp or Protocol.Udp or Protocol.Sctp)) return false;
        _rule.Protocol = (Protocol)value[0];
        return true;
    }

    private bool TryTakeMark(ReadOnlySpan<byte> value, bool negated)
    {
        if (value.Length != sizeof(uint) || _maskLength is not (0 or sizeof(uint))) return false;
        _rule.Matches.Add(new RuleMatch(RuleMatchKind.Mark)
        {
            Value = MemoryMarshal.Read<uint>(value),
            Mask = _maskLength == 0 ? uint.MaxValue : MemoryMarshal.Read<uint>(_mask),
            IsNegated = negated,
        });
        return true;
    }

    private bool TryTakeAddress(ReadOnlySpan<byte> value, bool negated)
    {
        var size = family == IpFamily.IPv4 ? 4 : 16;
        var (source, destination) = family == IpFamily.IPv4 ? (12, 16) : (8, 24);
        if (value.Length != _length || value.Length > size || _maskLength > 0 && _maskLength != size) return false;
        var length = value.Length * 8;
        if (_maskLength > 0 && !TryReadPrefixLength(_mask.AsSpan(0, size), out length)) return false;
        Span<byte> address = stackalloc byte[size];
        address.Clear();
        value.CopyTo(address);
        var prefix = new IpPrefix(IpAddr.FromBytes(address), length);
        if (_offset == source && !_rule.Source.IsValid) (_rule.Source, _rule.SourceIsNegated) = (prefix, negated);
        else if (_offset == destination && !_rule.Destination.IsValid) (_rule.Destination, _rule.DestinationIsNegated) = (prefix, negated);
        else return false;
        return true;
    }

    private static bool TryReadPrefixLength(ReadOnlySpan<byte> mask, out int length)
    {
        length = 0;
        while (length / 8 < mask.Length && mask[length / 8] == 0xFF) length += 8;
        if (length / 8 == mask.Length) return true;
        var last = mask[length / 8];
        var ones = BitOperations.LeadingZeroCount((uint)(byte)~last << 24);
        var rest = mask[(length / 8 + 1)..];
        length += ones;
        return (byte)(0xFF00 >> ones) == last && !rest.ContainsAnyExcept((byte)0);
    }

    private bool TryTakePort(ReadOnlySpan<byte> value, bool negated)
    {
        if (negated || _offset != 2 || value.Length != 2 || _maskLength > 0 || _rule.Protocol is null) return false;
        _rule.Matches.Add(new RuleMatch(RuleMatchKind.Transport) { Value = (uint)(value[0] << 8 | value[1]) });
        return true;
    }

    private bool TryReadVerdict(NetlinkAttributes data)
    {
        while (data.TryRead(out var attribute))
        {
            if (attribute.Type != 2) continue;
            var nested = attribute.Nested;
            while (nested.TryRead(out var verdict))
            {
                if (verdict.Type == NFTA_DATA_VERDICT) return TryTakeVerdict(verdict.Nested);
            }
        }

        return false;
    }

    private bool TryTakeVerdict(NetlinkAttributes verdict)
    {
        var code = int.MinValue;
        ReadOnlySpan<byte> chain = default;
        while (verdict.TryRead(out var part))
        {
            if (part.Type == NFTA_VERDICT_CODE) code = (int)part.AsUInt32BigEndian();
            if (part.Type == NFTA_VERDICT_CHAIN) chain = part.Value.TrimEnd((byte)0);
        }

        RuleTargetKind? kind = code switch
        {
            0 => RuleTargetKind.Drop,
            1 => RuleTargetKind.Accept,
            NFT_JUMP => RuleTargetKind.Jump,
            NFT_RETURN => RuleTargetKind.Return,
            _ => null,
        };
        if (kind is not { } known) return false;
        _rule.Target = new RuleTarget(known) { Chain = chain.ToArray() };
        return true;
    }

    private static ReadOnlySpan<byte> Value(NetlinkAttribute attribute)
    {
        var nested = attribute.Nested;
        while (nested.TryRead(out var value))
        {
            if (value.Type == NFTA_DATA_VALUE) return value.Value;
        }

        return default;
    }
}
