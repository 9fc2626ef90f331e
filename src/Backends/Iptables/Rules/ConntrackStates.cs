namespace Shunt.Backends.Iptables.Rules;

/// <summary>The states that <c>-m conntrack --ctstate</c> knows, as bits. Source: linux/netfilter/xt_conntrack.h.</summary>
internal static class ConntrackStates
{
    // In the order iptables-save prints them.
    private static readonly (uint Bit, byte[] Name)[] All =
    [
        (1 << 0, "INVALID"u8.ToArray()),
        (1 << 3, "NEW"u8.ToArray()),
        (1 << 2, "RELATED"u8.ToArray()),
        (1 << 1, "ESTABLISHED"u8.ToArray()),
        (1 << 8, "UNTRACKED"u8.ToArray()),
        (1 << 6, "SNAT"u8.ToArray()),
        (1 << 7, "DNAT"u8.ToArray()),
    ];

    /// <summary>The bits of names between commas; null when there is one that is not known.</summary>
    public static uint? Parse(ReadOnlySpan<byte> names)
    {
        uint states = 0;
        while (!names.IsEmpty)
        {
            var comma = names.IndexOf((byte)',');
            var bit = Bit(comma < 0 ? names : names[..comma]);
            if (bit == 0) return null;
            states |= bit;
            names = comma < 0 ? [] : names[(comma + 1)..];
        }

        return states;
    }

    /// <summary>Writes the names.</summary>
    public static void Write(uint states, RuleWriter output)
    {
        var first = true;
        foreach (var (bit, name) in All)
        {
            if ((states & bit) == 0) continue;
            if (!first) output.Raw(","u8);
            output.Raw(name);
            first = false;
        }
    }

    private static uint Bit(ReadOnlySpan<byte> name)
    {
        foreach (var state in All)
        {
            if (name.SequenceEqual(state.Name)) return state.Bit;
        }

        return 0;
    }
}
