using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Shunt.Backends.Iptables.Rules;
using Shunt.Model;
using Shunt.Netlink.Netfilter;

namespace Shunt.Backends.Iptables.NftVariant;

/// <summary>
/// Makes of a rule the expressions that iptables-nft makes of it, so that iptables-nft prints it and finds it by its specification. Reused.
/// </summary>
internal sealed class NftRuleEncoder(IpFamily family)
{
    private const uint Register = 1;
    private const int PortLength = 2;
    private const uint DestinationPort = 2; // in the headers of TCP, UDP and SCTP alike

    private readonly NftExpressions _expressions = new();
    private readonly byte[] _info = new byte[Math.Max(XtMatches.MaxLength, XtTargets.MaxLength)];
    private uint _compatibleProtocol;

    /// <summary>The rule as it is sent; valid until the next.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="target">The chain it jumps to; null when it does not.</param>
    public NftNewRule Encode(Rule rule, string? target)
    {
        _expressions.Clear();
        _compatibleProtocol = 0;
        if (!rule.Interface.IsEmpty) WriteInterface(rule);
        if (rule.Protocol is { } protocol)
        {
            _expressions.LoadMeta(NftMetaKey.NFT_META_L4PROTO, Register).Compare(NftComparison.NFT_CMP_EQ, Register, [(byte)protocol]);
        }

        if (rule.Source.IsValid) WriteAddress(rule.Source, rule.SourceIsNegated, family == IpFamily.IPv4 ? 12u : 8);
        if (rule.Destination.IsValid) WriteAddress(rule.Destination, rule.DestinationIsNegated, family == IpFamily.IPv4 ? 16u : 24);
        foreach (ref readonly var match in CollectionsMarshal.AsSpan(rule.Matches)) WriteMatch(match, rule.Protocol);
        _expressions.Count();
        WriteTarget(rule.Target, target);
        return new NftNewRule { Expressions = _expressions.Written, CompatibleProtocol = _compatibleProtocol };
    }

    private void WriteInterface(Rule rule)
    {
        // A whole name is compared with the zero that ends it.
        Span<byte> name = stackalloc byte[rule.Interface.Length + 1];
        rule.Interface.Span.CopyTo(name);
        name[^1] = 0;
        _expressions.LoadMeta(NftMetaKey.NFT_META_IIFNAME, Register)
            .Compare(Comparison(rule.InterfaceIsNegated), Register, rule.InterfaceIsPrefix ? name[..^1] : name);
    }

    private void WriteAddress(IpPrefix prefix, bool negated, uint offset)
    {
        if (prefix.Length == 0) return;
        Span<byte> bytes = stackalloc byte[16];
        var length = prefix.Address.WriteBytes(bytes);
        if (prefix.Length % 8 == 0) length = prefix.Length / 8; // as many bytes are loaded
        _expressions.LoadNetworkHeader(offset, (uint)length, Register);
        if (prefix.Length % 8 != 0)
        {
            Span<byte> mask = stackalloc byte[length];
            mask.Clear();
            mask[..(prefix.Length / 8)].Fill(0xFF);
            mask[prefix.Length / 8] = (byte)(0xFF00 >> (prefix.Length % 8));
            Span<byte> zero = stackalloc byte[length];
            zero.Clear();
            _expressions.Mask(Register, Register, mask, zero);
        }

        _expressions.Compare(Comparison(negated), Register, bytes[..length]);
    }

    private void WriteMatch(in RuleMatch match, Protocol? protocol)
    {
        if (match.Kind == RuleMatchKind.Mark)
        {
            WriteMark(match);
            return;
        }

        if (match.Kind == RuleMatchKind.Transport)
        {
            if (protocol != Protocol.Sctp && match.Value != RuleMatch.AnyPort)
            {
                Span<byte> port = stackalloc byte[PortLength];
                BinaryPrimitives.WriteUInt16BigEndian(port, (ushort)match.Value);
                _expressions.LoadTransportHeader(DestinationPort, PortLength, Register).Compare(NftComparison.NFT_CMP_EQ, Register, port);
                return;
            }

            _compatibleProtocol = (uint)(protocol ?? 0);
        }

        var extension = XtMatches.Write(match, protocol, family, _info);
        _expressions.Match(extension.Name, extension.Revision, _info.AsSpan(0, extension.Length));
    }

    private void WriteMark(in RuleMatch match)
    {
        Span<byte> value = stackalloc byte[sizeof(uint)];
        _expressions.LoadMeta(NftMetaKey.NFT_META_MARK, Register);
        if (match.Mask != uint.MaxValue)
        {
            MemoryMarshal.Write(value, match.Mask);
            _expressions.Mask(Register, Register, value, [0, 0, 0, 0]);
        }

        MemoryMarshal.Write(value, match.Value);
        _expressions.Compare(Comparison(match.IsNegated), Register, value);
    }

    private void WriteTarget(in RuleTarget target, string? chain)
    {
        switch (target.Kind)
        {
            case RuleTargetKind.None:
                break;
            case RuleTargetKind.Jump when chain is not null:
                _expressions.Jump(chain);
                break;
            case RuleTargetKind.Accept:
                _expressions.Accept();
                break;
            case RuleTargetKind.Drop:
                _expressions.Drop();
                break;
            case RuleTargetKind.Return:
                _expressions.Return();
                break;
            default:
                var extension = XtTargets.Write(target, family, _info);
                _expressions.Target(extension.Name, extension.Revision, _info.AsSpan(0, extension.Length));
                break;
        }
    }

    private static NftComparison Comparison(bool negated) => negated ? NftComparison.NFT_CMP_NEQ : NftComparison.NFT_CMP_EQ;
}
