using System.Collections.Immutable;
using Shunt.Model;

namespace Shunt.Backends.Iptables;

/// <summary>
/// The chains between KUBE-SERVICES and the rules of Services: one for each network of 16, 12, 8 and 4 host bits in which a Service has an address.
/// KUBE-SERVICES leads to the largest, each of them to at most sixteen smaller ones, and the smallest hold the rules. Where an address belongs
/// depends on nothing but the address, so a change of one Service touches its own chains only. Immutable.
/// </summary>
public sealed class DispatchTree
{
    private const int Levels = 4;
    private const int BitsPerLevel = 4;

    private readonly ImmutableDictionary<IpPrefix, int> _uses;

    private DispatchTree(ImmutableDictionary<IpPrefix, int> uses) => _uses = uses;

    /// <summary>No Service has an address.</summary>
    public static DispatchTree Empty { get; } = new(ImmutableDictionary<IpPrefix, int>.Empty);

    /// <summary>How many chains there are; each has one rule that leads to it.</summary>
    public int Count => _uses.Count;

    /// <summary>The networks that have a chain, larger before smaller.</summary>
    internal List<IpPrefix> Networks()
    {
        var networks = new List<IpPrefix>(_uses.Keys);
        networks.Sort(static (a, b) => a.Length != b.Length ? a.Length.CompareTo(b.Length) : a.Address.CompareTo(b.Address));
        return networks;
    }

    /// <summary>Whether a network has a chain.</summary>
    internal bool Has(IpPrefix network) => _uses.ContainsKey(network);

    /// <summary>The tree of all these addresses.</summary>
    internal static DispatchTree Of(IEnumerable<RuleBlock> blocks)
    {
        var uses = ImmutableDictionary.CreateBuilder<IpPrefix, int>();
        foreach (var block in blocks)
        {
            foreach (var address in block.Dispatched)
            {
                for (var level = 0; level < Levels; level++) Use(uses, Network(address, level), 1);
            }
        }

        return new DispatchTree(uses.ToImmutable());
    }

    /// <summary>The tree when a Service port has other addresses than before.</summary>
    internal DispatchTree Change(ImmutableArray<IpAddr> before, ImmutableArray<IpAddr> after)
    {
        if (before.AsSpan().SequenceEqual(after.AsSpan())) return this;
        var uses = _uses.ToBuilder();
        for (var level = 0; level < Levels; level++)
        {
            foreach (var address in before) Use(uses, Network(address, level), -1);
            foreach (var address in after) Use(uses, Network(address, level), 1);
        }

        return new DispatchTree(uses.ToImmutable());
    }

    /// <summary>Adds the networks an address is in, larger before smaller.</summary>
    internal static void AddPath(IpAddr address, List<IpPrefix> networks)
    {
        for (var level = 0; level < Levels; level++) networks.Add(Network(address, level));
    }

    /// <summary>Writes the name of the chain that has the rules of an address.</summary>
    internal static ReadOnlySpan<byte> ChainOf(IpAddr address, Span<byte> name) => NameOf(Network(address, Levels - 1), name);

    /// <summary>The name of a network's chain.</summary>
    internal static ReadOnlyMemory<byte> NameOf(IpPrefix network)
    {
        Span<byte> name = stackalloc byte[IptablesNames.MaxLength];
        return NameOf(network, name).ToArray();
    }

    /// <summary>The chain in which a rule leads to a network's chain.</summary>
    internal static ReadOnlyMemory<byte> ParentOf(IpPrefix network)
    {
        var length = network.Length - BitsPerLevel;
        return network.Address.BitLength - length > Levels * BitsPerLevel
            ? IptablesText.Bytes("KUBE-SERVICES")
            : NameOf(new IpPrefix(network.Address.Mask(length), length));
    }

    /// <summary>The rule that leads to a network's chain, without a newline.</summary>
    internal static ReadOnlyMemory<byte> RuleOf(IpPrefix network)
    {
        var rule = new RuleWriter();
        var parent = ParentOf(network).Span;
        rule.Append(parent).Destination(network);
        if (parent.SequenceEqual(IptablesNames.Services)) rule.Comment("kubernetes services in this network"u8);
        rule.Jump(NameOf(network).Span);
        return rule.Written[..^1].ToArray();
    }

    private static IpPrefix Network(IpAddr address, int level)
    {
        var length = address.BitLength - (Levels - level) * BitsPerLevel;
        return new IpPrefix(address.Mask(length), length);
    }

    private static void Use(ImmutableDictionary<IpPrefix, int>.Builder uses, IpPrefix network, int more)
    {
        var count = uses.GetValueOrDefault(network) + more;
        if (count == 0) uses.Remove(network);
        else uses[network] = count;
    }

    /// <summary>The network itself where that is short enough, as it is in IPv4, and else a hash of it.</summary>
    private static ReadOnlySpan<byte> NameOf(IpPrefix network, Span<byte> name)
    {
        Span<byte> text = stackalloc byte[IpPrefix.MaxTextLength];
        text = text[..network.Format(text)];
        var prefix = IptablesNames.Network;
        prefix.CopyTo(name);
        var rest = name[prefix.Length..];
        if (text.Length <= IptablesNames.MaxLength - prefix.Length)
        {
            text.CopyTo(rest);
            return name[..(prefix.Length + text.Length)];
        }

        IptablesNames.Hash(text, rest[..IptablesNames.HashLength]);
        return name[..(prefix.Length + IptablesNames.HashLength)];
    }
}
