using System.Runtime.InteropServices;

namespace Shunt.Backends.Iptables.LegacyVariant;

/// <summary>
/// A chain of a table. There are tens of thousands, so its rules are one piece of packed bytes; a chain that is long, or is being edited, has
/// them one by one.
/// </summary>
internal sealed class LegacyChain(byte[] name, int id)
{
    /// <summary>A chain with more rules than this stays as it is edited: it will be again, and one long piece would be copied each time.</summary>
    private const int MaxPackedRules = 256;

    public const int UserDefined = -1;

    private byte[] _packed = [];
    private List<LegacyRule>? _rules;

    public byte[] Name { get; } = name;

    /// <summary>Its number, which rules that lead to it have.</summary>
    public int Id { get; } = id;

    /// <summary>The place in the kernel it is called from; <see cref="UserDefined"/> for a chain of somebody's own.</summary>
    public int Hook { get; init; } = UserDefined;

    /// <summary>What becomes of a packet that no rule decides about.</summary>
    public int Policy { get; init; } = Jump.Return;

    public bool IsBuiltIn => Hook != UserDefined;

    /// <summary>How many rules it has.</summary>
    public int Count { get; private set; }

    /// <summary>The number of the first rule's entry in the kernel's table; negative when the rules are not there yet. Not for rules one by one.</summary>
    public int Origin { get; private set; } = -1;

    /// <summary>The number of the policy's entry in the kernel's table; only of a built-in chain.</summary>
    public int PolicyOrigin { get; private set; } = -1;

    /// <summary>It has been changed, and the kernel does not know yet.</summary>
    public bool IsTouched { get; set; }

    /// <summary>The rules one by one; null when they are in one piece.</summary>
    public List<LegacyRule>? Rules => _rules;

    /// <summary>The rules in one piece; empty when they are one by one.</summary>
    public ReadOnlySpan<byte> Packed => _packed;

    /// <summary>Becomes a chain of these rules, in one piece.</summary>
    public void Fill(ReadOnlySpan<byte> packed, int count, int origin)
    {
        _packed = packed.IsEmpty ? [] : packed.ToArray();
        _rules = null;
        Count = count;
        Origin = origin;
        if (count > MaxPackedRules) Edit();
    }

    /// <summary>The rules one by one, to be edited; <see cref="Edited"/> follows.</summary>
    public List<LegacyRule> Edit()
    {
        if (_rules is { } known) return known;
        var rules = new List<LegacyRule>(Count + 1);
        var number = Origin;
        foreach (var rule in this) rules.Add(new LegacyRule(rule.ToArray(), Utf8Content.Hash(rule), number < 0 ? number : number++));
        _packed = [];
        return _rules = rules;
    }

    /// <summary>Rules were added or taken out.</summary>
    public void Edited() => Count = _rules?.Count ?? Count;

    /// <summary>The rules are in the kernel now, from this entry on.</summary>
    public void Settle(int origin)
    {
        Origin = origin;
        PolicyOrigin = origin + Count;
        if (_rules is not { } rules) return;
        if (rules.Count > MaxPackedRules)
        {
            var number = origin;
            foreach (ref var rule in CollectionsMarshal.AsSpan(rules)) rule = rule with { Origin = number++ };
        }
        else
        {
            _packed = Joined(rules);
            _rules = null;
        }
    }

    /// <summary>Whether the chain has these rules, which are in one piece.</summary>
    public bool Says(ReadOnlySpan<byte> packed)
    {
        foreach (var rule in this)
        {
            if (!packed.StartsWith(rule)) return false;
            packed = packed[rule.Length..];
        }

        return packed.IsEmpty;
    }

    /// <summary>Goes through the rules, which are bytes of <see cref="PackedRule"/>.</summary>
    public Enumerator GetEnumerator() => new(_packed, _rules);

    private static byte[] Joined(List<LegacyRule> rules)
    {
        var length = 0;
        foreach (var rule in rules) length += rule.Packed.Length;
        if (length == 0) return [];
        var joined = new byte[length];
        var at = 0;
        foreach (var rule in rules)
        {
            rule.Packed.CopyTo(joined, at);
            at += rule.Packed.Length;
        }

        return joined;
    }

    /// <summary>Goes through the rules of a chain.</summary>
    public ref struct Enumerator(byte[] packed, List<LegacyRule>? rules)
    {
        private ReadOnlySpan<byte> _rest = packed;
        private int _next;

        /// <summary>The rule read last.</summary>
        public ReadOnlySpan<byte> Current { get; private set; }

        /// <summary>Reads the next rule; false at the end.</summary>
        public bool MoveNext()
        {
            if (rules is not null)
            {
                if (_next == rules.Count) return false;
                Current = rules[_next++].Packed;
                return true;
            }

            if (_rest.IsEmpty) return false;
            Current = _rest[..PackedRule.Length(_rest)];
            _rest = _rest[Current.Length..];
            return true;
        }
    }
}
