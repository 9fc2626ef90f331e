using System.Collections.Frozen;
using System.Text;
using Shunt.Netlink.Netfilter;

namespace Shunt.Backends.Iptables.NftVariant;

/// <summary>What is known about one table in the kernel: which chains of ours it has, and the handles of their rules.</summary>
internal sealed class NftVariantTable(IptablesTable table)
{
    private static readonly FrozenDictionary<(IptablesTable, string), NftHook> BaseChains = CreateBaseChains();

    /// <summary>Which table.</summary>
    public IptablesTable Table { get; } = table;

    /// <summary>Its name.</summary>
    public string Name { get; } = IptablesText.Name(table);

    /// <summary>It is there.</summary>
    public bool Exists { get; set; }

    /// <summary>The chains of ours and the built-in ones that are there.</summary>
    public Dictionary<ChainKey, RuleHandles> Chains { get; } = [];

    /// <summary>Adds the handles of the rules that lead from built-in chains to ours.</summary>
    public void AddHooks(HashSet<(string Table, ulong Handle)> hooks)
    {
        foreach (var (table, name) in BaseChains.Keys)
        {
            if (table != Table || !Chains.TryGetValue(ChainKey.Of(Encoding.ASCII.GetBytes(name)), out var chain)) continue;
            foreach (var handle in chain.ByText) hooks.Add((Name, handle));
        }
    }

    /// <summary>Where packets enter a built-in chain of iptables; null for any other chain.</summary>
    public static NftHook? HookOf(IptablesTable table, string chain) => BaseChains.TryGetValue((table, chain), out var hook) ? hook : null;

    private static FrozenDictionary<(IptablesTable, string), NftHook> CreateBaseChains()
    {
        var chains = new Dictionary<(IptablesTable, string), NftHook>();
        Add(IptablesTable.Nat, "PREROUTING", NftHookNumber.NF_INET_PRE_ROUTING, -100, NftChainType.Nat);
        Add(IptablesTable.Nat, "INPUT", NftHookNumber.NF_INET_LOCAL_IN, 100, NftChainType.Nat);
        Add(IptablesTable.Nat, "OUTPUT", NftHookNumber.NF_INET_LOCAL_OUT, -100, NftChainType.Nat);
        Add(IptablesTable.Nat, "POSTROUTING", NftHookNumber.NF_INET_POST_ROUTING, 100, NftChainType.Nat);
        Add(IptablesTable.Filter, "INPUT", NftHookNumber.NF_INET_LOCAL_IN, 0, NftChainType.Filter);
        Add(IptablesTable.Filter, "FORWARD", NftHookNumber.NF_INET_FORWARD, 0, NftChainType.Filter);
        Add(IptablesTable.Filter, "OUTPUT", NftHookNumber.NF_INET_LOCAL_OUT, 0, NftChainType.Filter);
        Add(IptablesTable.Mangle, "PREROUTING", NftHookNumber.NF_INET_PRE_ROUTING, -150, NftChainType.Filter);
        Add(IptablesTable.Mangle, "INPUT", NftHookNumber.NF_INET_LOCAL_IN, -150, NftChainType.Filter);
        Add(IptablesTable.Mangle, "FORWARD", NftHookNumber.NF_INET_FORWARD, -150, NftChainType.Filter);
        Add(IptablesTable.Mangle, "OUTPUT", NftHookNumber.NF_INET_LOCAL_OUT, -150, NftChainType.Route);
        Add(IptablesTable.Mangle, "POSTROUTING", NftHookNumber.NF_INET_POST_ROUTING, -150, NftChainType.Filter);
        return chains.ToFrozenDictionary();

        void Add(IptablesTable table, string name, NftHookNumber hook, int priority, NftChainType type) =>
            chains.Add((table, name), new NftHook(type, hook, priority));
    }
}
