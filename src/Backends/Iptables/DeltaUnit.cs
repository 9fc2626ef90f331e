using Shunt.Model;

namespace Shunt.Backends.Iptables;

/// <summary>The operations for one owner, table by table.</summary>
internal sealed class DeltaUnit(ServicePortName? owner, bool isEssential = false)
{
    private readonly List<ChainOp>?[] _tables = new List<ChainOp>?[3];

    /// <summary>The Service port; null for what belongs to none.</summary>
    public ServicePortName? Owner { get; } = owner;

    /// <summary>Nothing else works without it.</summary>
    public bool IsEssential { get; } = isEssential;

    public bool IsEmpty => _tables[0] is null && _tables[1] is null && _tables[2] is null;

    /// <summary>The operations on a table, in order; null for none.</summary>
    public List<ChainOp>? this[IptablesTable table] => _tables[(int)table];

    public void Add(IptablesTable table, ChainOp op) => (_tables[(int)table] ??= []).Add(op);

    /// <summary>The same without the tables before this one.</summary>
    public DeltaUnit From(IptablesTable first)
    {
        var rest = new DeltaUnit(Owner, IsEssential);
        for (var table = (int)first; table < _tables.Length; table++) rest._tables[table] = _tables[table];
        return rest;
    }
}
