namespace Shunt.Backends.Nftables;

/// <summary>Names one set of the table.</summary>
/// <param name="Kind">What it holds.</param>
/// <param name="Parameter">Of which there are several, this one; zero for the others.</param>
internal readonly record struct SetId(SetKind Kind, int Parameter = 0) : IComparable<SetId>
{
    private const string FirewallPrefix = "firewall-";
    private const string AffinityPrefix = "affinity-";

    private static readonly string[] Names =
    [
        "cluster-ips", "nodeport-ips",
        "internal", "external", "external-local", "external-local-only", "nodeports", "nodeports-local", "nodeports-local-only",
        "endpoints", "local-endpoints", "nodeport-endpoints", "local-nodeport-endpoints",
        "reject-services", "drop-services", "reject-nodeports", "drop-nodeports",
        "firewall", FirewallPrefix, "hairpin-connections",
        "sticky-lists", "sticky", "sticky-endpoints", AffinityPrefix, "affinity",
    ];

    private static readonly Dictionary<string, SetKind> Kinds = IndexNames();

    /// <summary>The name in the kernel.</summary>
    public string Name => Kind is SetKind.FirewallClients or SetKind.AffinityTimeouts ? Names[(int)Kind] + Parameter : Names[(int)Kind];

    /// <summary>The set of that name; false when it is none of ours.</summary>
    public static bool TryParse(string name, out SetId set)
    {
        set = default;
        if (Kinds.TryGetValue(name, out var kind)) set = new SetId(kind);
        else if (!TryParse(name, FirewallPrefix, SetKind.FirewallClients, ref set) && !TryParse(name, AffinityPrefix, SetKind.AffinityTimeouts, ref set)) return false;
        return set.Name == name;
    }

    /// <inheritdoc/>
    public int CompareTo(SetId other) => Kind == other.Kind ? Parameter.CompareTo(other.Parameter) : Kind.CompareTo(other.Kind);

    private static bool TryParse(string name, string prefix, SetKind kind, ref SetId set)
    {
        if (!name.StartsWith(prefix, StringComparison.Ordinal) || !int.TryParse(name.AsSpan(prefix.Length), out var parameter)) return false;
        set = new SetId(kind, parameter);
        return true;
    }

    private static Dictionary<string, SetKind> IndexNames()
    {
        var kinds = new Dictionary<string, SetKind>(Names.Length, StringComparer.Ordinal);
        for (var kind = 0; kind < Names.Length; kind++) kinds[Names[kind]] = (SetKind)kind;
        return kinds;
    }
}
