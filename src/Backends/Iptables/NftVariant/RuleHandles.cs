namespace Shunt.Backends.Iptables.NftVariant;

/// <summary>
/// The handles of a chain's rules, by which the kernel replaces and removes them: in order, for a chain of one owner, whose rules are spoken of by
/// number; by what they say, for one in which rules of many owners stand side by side. A rule that is on its way has no handle yet, and stands
/// here as <see cref="Pending"/> and a number.
/// </summary>
internal sealed class RuleHandles
{
    /// <summary>Marks what is no handle yet.</summary>
    public const ulong Pending = 1UL << 63;

    private readonly Dictionary<ReadOnlyMemory<byte>, ulong>? _byText;
    private List<(ReadOnlyMemory<byte> Text, ulong Handle)>? _repeated;
    private ulong[] _inOrder = [];

    /// <summary>The handles of a chain without rules.</summary>
    /// <param name="isShared">Rules are looked for by what they say.</param>
    public RuleHandles(bool isShared) => _byText = isShared ? new(Utf8Content.Comparer) : null;

    /// <summary>Rules are looked for by what they say.</summary>
    public bool IsShared => _byText is not null;

    /// <summary>How many rules there are.</summary>
    public int Count => _byText is null ? _inOrder.Length : _byText.Count + (_repeated?.Count ?? 0);

    /// <summary>The handle of the rule with a number, from 1; of a chain of one owner.</summary>
    public ulong this[int number]
    {
        get => _inOrder[number - 1];
        set => _inOrder[number - 1] = value;
    }

    /// <summary>The handles of a chain of one owner.</summary>
    public Span<ulong> InOrder => _inOrder;

    /// <summary>The handles of a chain with many owners.</summary>
    public IEnumerable<ulong> ByText
    {
        get
        {
            foreach (var (_, handle) in _byText ?? []) yield return handle;
            foreach (var (_, handle) in _repeated ?? []) yield return handle;
        }
    }

    /// <summary>Forgets all rules.</summary>
    public void Clear()
    {
        _inOrder = [];
        _byText?.Clear();
        _repeated = null;
    }

    /// <summary>A rule was put at a place.</summary>
    /// <param name="number">Its number, from 1; of no meaning where rules are looked for by what they say.</param>
    /// <param name="line">What it says, without a newline.</param>
    /// <param name="handle">Its handle.</param>
    public void Insert(int number, ReadOnlyMemory<byte> line, ulong handle)
    {
        if (_byText is null)
        {
            var longer = new ulong[_inOrder.Length + 1];
            _inOrder.AsSpan(0, number - 1).CopyTo(longer);
            longer[number - 1] = handle;
            _inOrder.AsSpan(number - 1).CopyTo(longer.AsSpan(number));
            _inOrder = longer;
            return;
        }

        // A copy, for the line is a part of a text that may change while this rule stays.
        var text = line.ToArray();
        if (!_byText.TryAdd(text, handle)) (_repeated ??= []).Add((text, handle));
    }

    /// <summary>Many rules were put at the end of a chain of one owner.</summary>
    public void Append(ReadOnlySpan<ulong> handles) => _inOrder = [.. _inOrder, .. handles];

    /// <summary>The rule with a number, from 1, is gone; of a chain of one owner.</summary>
    public void RemoveAt(int number) => _inOrder = [.. _inOrder.AsSpan(0, number - 1), .. _inOrder.AsSpan(number)];

    /// <summary>Takes out a rule that says something.</summary>
    /// <returns>Its handle; null when there is none.</returns>
    public ulong? Take(ReadOnlyMemory<byte> line)
    {
        if (_byText is null || !_byText.Remove(line, out var handle)) return null;
        for (var i = 0; _repeated is not null && i < _repeated.Count; i++)
        {
            var (text, other) = _repeated[i];
            if (!text.Span.SequenceEqual(line.Span)) continue;
            _repeated.RemoveAt(i);
            _byText.Add(text, other);
            break;
        }

        return handle;
    }

    /// <summary>Gives a rule the handle it has got.</summary>
    public void Settle(ReadOnlyMemory<byte> line, ulong pending, ulong handle)
    {
        if (_byText is null) return;
        if (_byText.TryGetValue(line, out var known) && known == pending)
        {
            _byText[line] = handle;
            return;
        }

        for (var i = 0; _repeated is not null && i < _repeated.Count; i++)
        {
            if (_repeated[i].Handle == pending) _repeated[i] = _repeated[i] with { Handle = handle };
        }
    }
}
