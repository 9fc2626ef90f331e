using System.Text;
using Shunt.Backends;
using Shunt.Backends.Iptables;

namespace Shunt.Testing.Iptables;

/// <summary>
/// iptables in memory: it reads what iptables-restore reads, prints what iptables-save prints, and refuses what they refuse. It is held to
/// that by the same tests as the kernel. Faults can be asked for.
/// </summary>
public sealed class FakeIptables : IKernel<IptablesProgram, IptablesDelta>
{
    private static readonly Dictionary<string, string[]> BuiltIn = new()
    {
        ["mangle"] = ["PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"],
        ["filter"] = ["INPUT", "FORWARD", "OUTPUT"],
        ["nat"] = ["PREROUTING", "INPUT", "OUTPUT", "POSTROUTING"],
    };

    private readonly SortedDictionary<string, FakeTable> _tables = new(StringComparer.Ordinal);
    private readonly Random? _faults;

    /// <summary>An empty kernel.</summary>
    /// <param name="faultSeed">Every tenth operation, at random, fails as a busy kernel would; null for none.</param>
    public FakeIptables(int? faultSeed = null) => _faults = faultSeed is { } seed ? new Random(seed) : null;

    /// <summary>How many transactions, one for each table, were written.</summary>
    public int Writes { get; private set; }

    /// <summary>How many times the rules were read.</summary>
    public int Reads { get; private set; }

    /// <summary>The input of the last transactions, newest last.</summary>
    public List<string> Inputs { get; } = [];

    /// <summary>A rule with this text in it is refused, as the kernel refuses what it does not know; null for none.</summary>
    public Func<string, bool>? Refuses { get; set; }

    /// <summary>The number of operations after which one fails, once; negative for none.</summary>
    public int FailAfter { get; set; } = -1;

    /// <summary>What iptables-save would print.</summary>
    public string Save()
    {
        var text = new StringBuilder();
        foreach (var (name, table) in _tables) table.Print(name, text);
        return text.ToString();
    }

    /// <summary>Does what somebody else with iptables-restore would do.</summary>
    public void Restore(string input)
    {
        if (TryRestore(input) is { } error) throw new InvalidOperationException(error);
    }

    /// <summary>Loses all rules of a table, as <c>iptables -F; iptables -X</c> does.</summary>
    public void Flush(string table) => _tables.Remove(table);

    /// <inheritdoc/>
    public ValueTask<IptablesProgram> ReadAsync(CancellationToken ct)
    {
        MayFail("read");
        Reads++;
        return ValueTask.FromResult(new IptablesProgram { Unclaimed = IptablesText.ParseSave(Encoding.UTF8.GetBytes(Save())) });
    }

    /// <inheritdoc/>
    public ValueTask<KernelAnswer<IptablesDelta>> ApplyAsync(IptablesDelta delta, CancellationToken ct)
    {
        long sent = 0;
        for (var table = IptablesTable.Mangle; table <= IptablesTable.Nat; table++)
        {
            if (!delta.Touches(table)) continue;
            MayFail("write");
            var buffer = new System.Buffers.ArrayBufferWriter<byte>();
            IptablesText.WriteRestore(delta, table, buffer);
            var input = Encoding.UTF8.GetString(buffer.WrittenSpan);
            Inputs.Add(input);
            Writes++;
            sent += buffer.WrittenCount;
            if (TryRestore(input) is { } error) return ValueTask.FromResult(new KernelAnswer<IptablesDelta>(sent, delta.From(table), error));
        }

        return ValueTask.FromResult(new KernelAnswer<IptablesDelta>(sent));
    }

    /// <inheritdoc/>
    public ValueTask<bool> IsIntactAsync(IptablesProgram expected, CancellationToken ct)
    {
        MayFail("look");
        return ValueTask.FromResult(_tables.Count == 3 && _tables.Values.All(static table => table.Has("KUBE-PROXY-CANARY")));
    }

    /// <inheritdoc/>
    public ValueTask CleanupAsync(CancellationToken ct)
    {
        var delta = IptablesCleanup.Plan(IptablesText.ParseSave(Encoding.UTF8.GetBytes(Save())));
        using var text = new StringWriter();
        delta.WriteTo(text);
        if (!delta.IsEmpty) Restore(text.ToString());
        return ValueTask.CompletedTask;
    }

    private void MayFail(string what)
    {
        if (FailAfter == 0) throw Busy(what);
        if (FailAfter > 0) FailAfter--;
        if (_faults is not null && _faults.Next(10) == 0) throw new KernelException($"fault on {what}");
    }

    private KernelException Busy(string what)
    {
        FailAfter = -1;
        return new KernelException($"fault on {what}");
    }

    /// <summary>All tables of an input, each as a whole or not at all; gives why not.</summary>
    private string? TryRestore(string input)
    {
        FakeTable? table = null;
        var name = "";
        foreach (var line in input.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line[0] == '*')
            {
                name = line[1..];
                table = _tables.TryGetValue(name, out var existing) ? existing.Clone() : new FakeTable(BuiltIn[name]);
            }
            else if (line == "COMMIT")
            {
                _tables[name] = table!; // a COMMIT follows a table's name
            }
            else if (Refuses?.Invoke(line) == true || table!.Execute(line) is not null)
            {
                return $"line failed: {line}";
            }
        }

        return null;
    }
}
