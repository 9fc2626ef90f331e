using System.Globalization;
using System.Text;
using Shunt.Backends.Iptables.Rules;
using Shunt.Model;
using Shunt.Netlink.Netfilter;

namespace Shunt.Backends.Iptables.NftVariant;

/// <summary>Reads the chains of ours and the built-in ones, as iptables-nft-save would print them, and the handles of their rules. Used once.</summary>
internal sealed class NftVariantReader(NftTables tables, IpFamily family)
{
    private readonly NetfilterFamily _netfilter = family.ToNetfilter();
    private readonly NftRuleDecoder _decoder = new(family);
    private readonly Rule _rule = new();
    private readonly RuleStore _store = new();
    private readonly RuleWriter _lines = new();
    private readonly List<DumpedChain> _chains = [];
    private readonly List<ulong> _handles = [];
    private readonly Dictionary<ChainKey, int> _indices = [];
    private NftVariantTable _table = new(IptablesTable.Mangle);
    private int _chain = -1;

    /// <summary>The tables that were read.</summary>
    public NftVariantTable[] Tables { get; } =
        [new NftVariantTable(IptablesTable.Mangle), new NftVariantTable(IptablesTable.Filter), new NftVariantTable(IptablesTable.Nat)];

    /// <summary>Reads everything.</summary>
    public IptablesDump Read()
    {
        foreach (var table in Tables)
        {
            _table = table;
            _indices.Clear();
            table.Exists = tables.HasTable(_netfilter, table.Name);
            if (!table.Exists) continue;
            tables.DumpChains(_netfilter, table.Name, this, static (reader, chain) => reader.AddChain(chain));
            tables.DumpRules(_netfilter, table.Name, this, static (reader, rule) => reader.AddRule(rule));
            EndChain();
        }

        return new IptablesDump([.. _chains]);
    }

    /// <summary>The rules of a built-in chain that lead to chains of ours, and all of another chain.</summary>
    public ReadOnlyMemory<byte> Read(IptablesTable table, string chain)
    {
        _lines.Clear();
        _chains.Add(new DumpedChain(table, Encoding.UTF8.GetBytes(chain), NftVariantTable.HookOf(table, chain) is not null, default));
        _chain = _chains.Count - 1;
        tables.DumpRules(_netfilter, IptablesText.Name(table), chain, this, static (reader, rule) => reader.PrintRule(rule));
        return _lines.ToMemory();
    }

    private void AddChain(NftChainEntry chain)
    {
        var name = Encoding.UTF8.GetBytes(chain.Name);
        var isBuiltIn = NftVariantTable.HookOf(_table.Table, chain.Name) is not null;
        if (!isBuiltIn && !IptablesNames.IsOurs(name) || !ChainKey.TryCreate(name, out var key)) return;
        _indices.Add(key, _chains.Count);
        _chains.Add(new DumpedChain(_table.Table, name, isBuiltIn, default));
        _table.Chains.Add(key, new RuleHandles(isBuiltIn || IptablesNames.IsSharedChain(name)));
    }

    private void AddRule(NftRuleEntry rule)
    {
        if (_chain < 0 || !rule.ChainName.SequenceEqual(_chains[_chain].Name.Span))
        {
            EndChain();
            if (!ChainKey.TryCreate(rule.ChainName, out var key) || !_indices.TryGetValue(key, out _chain)) _chain = -1;
        }

        if (_chain >= 0 && PrintRule(rule)) _handles.Add(rule.Handle);
    }

    private bool PrintRule(NftRuleEntry rule)
    {
        var chain = _chains[_chain];
        var isKnown = _decoder.TryDecode(rule, chain.Name, _rule);
        var leadsToUs = _rule.Target.Kind == RuleTargetKind.Jump && IptablesNames.IsOurs(_rule.Target.Chain.Span);
        if (chain.IsBuiltIn && !leadsToUs) return false;
        if (isKnown)
        {
            RulePrinter.Print(_rule, family, _lines);
            return true;
        }

        // Nobody wants a rule like this, and by what it says here it can be removed.
        _lines.Append(chain.Name.Span).Raw(" -m unreadable --handle "u8).Text(rule.Handle.ToString(CultureInfo.InvariantCulture));
        if (leadsToUs) _lines.Jump(_rule.Target.Chain.Span);
        else _lines.End();
        return true;
    }

    private void EndChain()
    {
        if (_chain >= 0 && _handles.Count > 0)
        {
            var rules = _lines.ToMemory(_store);
            _chains[_chain] = _chains[_chain] with { Rules = rules };
            var lines = new LineReader(rules);
            var handles = _table.Chains[ChainKey.Of(_chains[_chain].Name.Span)];
            for (var i = 0; lines.MoveNext(); i++) handles.Insert(i + 1, lines.Current, _handles[i]);
        }

        _lines.Clear();
        _handles.Clear();
        _chain = -1;
    }
}
