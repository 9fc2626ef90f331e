using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Shunt.Model;

namespace Shunt.Backends.Iptables.Rules;

/// <summary>
/// The structures of the kernel's targets, which both variants hand to it: in host order but for addresses and ports, padded to eight bytes.
/// Sources: linux/netfilter/xt_MARK.h, linux/netfilter/nf_nat.h, linux/netfilter_ipv4/ipt_REJECT.h, linux/netfilter_ipv6/ip6t_REJECT.h.
/// </summary>
internal static class XtTargets
{
    /// <summary>No target of ours takes more.</summary>
    public const int MaxLength = 48;

    private const uint NF_NAT_RANGE_MAP_IPS = 1 << 0;
    private const uint NF_NAT_RANGE_PROTO_SPECIFIED = 1 << 1;
    private const uint NF_NAT_RANGE_PROTO_RANDOM_FULLY = 1 << 4;
    private const uint IPT_ICMP_PORT_UNREACHABLE = 3;
    private const uint IP6T_ICMP6_PORT_UNREACH = 4;

    /// <summary>Writes a target that is no verdict and no jump.</summary>
    /// <param name="target">The target.</param>
    /// <param name="family">The rule's family.</param>
    /// <param name="info">Gets the structure; at least <see cref="MaxLength"/> bytes.</param>
    public static XtExtension Write(in RuleTarget target, IpFamily family, Span<byte> info)
    {
        info[..MaxLength].Clear();
        switch (target.Kind)
        {
            case RuleTargetKind.Mark:
                MemoryMarshal.Write(info, target.Mark);
                MemoryMarshal.Write(info[4..], target.Mask);
                return new("MARK"u8, 2, 8);
            case RuleTargetKind.Masquerade when family == IpFamily.IPv4: // struct nf_nat_ipv4_multi_range_compat
                MemoryMarshal.Write(info, 1u);
                if (target.IsFullyRandom) MemoryMarshal.Write(info[4..], NF_NAT_RANGE_PROTO_RANDOM_FULLY);
                return new("MASQUERADE"u8, 0, 24);
            case RuleTargetKind.Masquerade: // struct nf_nat_range
                if (target.IsFullyRandom) MemoryMarshal.Write(info, NF_NAT_RANGE_PROTO_RANDOM_FULLY);
                return new("MASQUERADE"u8, 0, 40);
            case RuleTargetKind.Reject:
                MemoryMarshal.Write(info, family == IpFamily.IPv4 ? IPT_ICMP_PORT_UNREACHABLE : IP6T_ICMP6_PORT_UNREACH);
                return new("REJECT"u8, 0, 8);
            case RuleTargetKind.Dnat: // struct nf_nat_range2
                MemoryMarshal.Write(info, NF_NAT_RANGE_MAP_IPS | NF_NAT_RANGE_PROTO_SPECIFIED);
                target.Address.WriteBytes(info[4..]);
                target.Address.WriteBytes(info[20..]);
                BinaryPrimitives.WriteUInt16BigEndian(info[36..], target.Port);
                BinaryPrimitives.WriteUInt16BigEndian(info[38..], target.Port);
                return new("DNAT"u8, 2, 48);
            default:
                throw new ArgumentOutOfRangeException(nameof(target), target.Kind, null);
        }
    }

    /// <summary>Reads a target; null when no rule of ours has one like this.</summary>
    public static RuleTarget? Read(ReadOnlySpan<byte> name, ReadOnlySpan<byte> info, IpFamily family)
    {
        if (info.Length < 4 || Guess(name, info, family) is not { } target) return null;

        // What was guessed from a part of the structure must say all that is in it.
        Span<byte> expected = stackalloc byte[MaxLength];
        var length = Write(target, family, expected).Length;
        return info.Length <= length && info.Length + 8 > length && expected[..info.Length].SequenceEqual(info) ? target : null;
    }

    private static RuleTarget? Guess(ReadOnlySpan<byte> name, ReadOnlySpan<byte> info, IpFamily family)
    {
        if (name.SequenceEqual("MARK"u8) && info.Length >= 8)
        {
            return new RuleTarget(RuleTargetKind.Mark) { Mark = MemoryMarshal.Read<uint>(info), Mask = MemoryMarshal.Read<uint>(info[4..]) };
        }

        if (name.SequenceEqual("MASQUERADE"u8) && info.Length >= 8)
        {
            var flags = MemoryMarshal.Read<uint>(family == IpFamily.IPv4 ? info[4..] : info);
            return new RuleTarget(RuleTargetKind.Masquerade) { IsFullyRandom = flags != 0 };
        }

        if (name.SequenceEqual("REJECT"u8)) return new RuleTarget(RuleTargetKind.Reject);
        if (!name.SequenceEqual("DNAT"u8) || info.Length < 40) return null;
        return new RuleTarget(RuleTargetKind.Dnat)
        {
            Address = IpAddr.FromBytes(info.Slice(4, family == IpFamily.IPv4 ? 4 : 16)),
            Port = BinaryPrimitives.ReadUInt16BigEndian(info[36..]),
        };
    }
}
