using System.Collections.Immutable;
using System.Numerics;

namespace Shunt.Backends.Nftables;

/// <summary>Finds elements by set and key: a hash table over a tape, without an object for each element.</summary>
internal sealed class ElementIndex
{
    private const int FirstSlots = 64;
    private const int KeepSlots = 1024;

    private readonly ElementTape _tape = new();
    private int[] _slots = new int[FirstSlots]; // offset + 1 of a record; 0 is free; negative when the record is taken
    private int _count;

    /// <summary>The elements, in the order they were added.</summary>
    public ElementTape Elements => _tape;

    /// <summary>Adds an element; false when the set has its key already.</summary>
    public bool Add(SetId set, ReadOnlySpan<byte> key, ReadOnlySpan<byte> data, ReadOnlySpan<byte> comment)
    {
        var offset = _tape.Length;
        _tape.Add(ElementOperation.Add, set, key, data, comment);
        return Add(offset);
    }

    /// <summary>Adds an element, unless the set has its key already.</summary>
    public bool Add(in ElementRecord element) => Add(element.Set, element.Key, element.Data, element.Comment);

    /// <summary>Adds all elements of a tape whose keys are not there already.</summary>
    public void AddAll(ElementTape elements)
    {
        for (var offset = 0; offset < elements.Length;)
        {
            var element = elements.At(offset);
            Add(element);
            offset = element.Next;
        }
    }

    /// <summary>Looks an element up by what makes it unique.</summary>
    public bool TryFind(scoped ReadOnlySpan<byte> identity, out ElementRecord element)
    {
        var slot = SlotOf(identity);
        element = _slots[slot] == 0 ? default : _tape.At(Math.Abs(_slots[slot]) - 1);
        return _slots[slot] != 0;
    }

    /// <summary>The same for a set and a key.</summary>
    public bool TryFind(SetId set, scoped ReadOnlySpan<byte> key, out ElementRecord element)
    {
        var probe = new ElementProbe(stackalloc byte[ElementProbe.MaxLength], set, key);
        return TryFind(probe.Identity, out element);
    }

    /// <summary>Looks an element up and marks it.</summary>
    /// <param name="identity">What makes it unique.</param>
    /// <param name="element">The element.</param>
    /// <param name="wasTaken">It was marked before.</param>
    public bool TryTake(scoped ReadOnlySpan<byte> identity, out ElementRecord element, out bool wasTaken)
    {
        ref var slot = ref _slots[SlotOf(identity)];
        wasTaken = slot < 0;
        slot = -Math.Abs(slot);
        element = slot == 0 ? default : _tape.At(-slot - 1);
        return slot != 0;
    }

    /// <summary>Marks an element, so that <see cref="DeleteUntaken"/> passes over it.</summary>
    public void Take(ReadOnlySpan<byte> identity)
    {
        ref var slot = ref _slots[SlotOf(identity)];
        slot = -Math.Abs(slot);
    }

    /// <summary>Whether the element is there and marked.</summary>
    public bool IsTaken(ReadOnlySpan<byte> identity) => _slots[SlotOf(identity)] < 0;

    /// <summary>Appends a deletion of every element of some sets that is not marked.</summary>
    public void DeleteUntaken(ElementTape to, ImmutableArray<SetId> sets)
    {
        for (var offset = 0; offset < _tape.Length;)
        {
            var element = _tape.At(offset);
            offset = element.Next;
            if (!IsTaken(element.Identity) && sets.Contains(element.Set)) to.Add(ElementOperation.Delete, element);
        }
    }

    /// <summary>Forgets all elements.</summary>
    public void Clear()
    {
        if (_slots.Length > KeepSlots) _slots = new int[FirstSlots];
        else Array.Clear(_slots);
        _tape.Clear();
        _count = 0;
    }

    /// <summary>Removes all marks.</summary>
    public void Release()
    {
        for (var i = 0; i < _slots.Length; i++) _slots[i] = Math.Abs(_slots[i]);
    }

    private bool Add(int offset)
    {
        if ((_count + 1) * 2 > _slots.Length) Grow();
        ref var slot = ref _slots[SlotOf(_tape.At(offset).Identity)];
        if (slot != 0)
        {
            _tape.Truncate(offset);
            return false;
        }

        slot = offset + 1;
        _count++;
        return true;
    }

    private void Grow()
    {
        var old = _slots;
        _slots = new int[old.Length * 2];
        foreach (var entry in old)
        {
            if (entry != 0) _slots[SlotOf(_tape.At(Math.Abs(entry) - 1).Identity)] = entry;
        }
    }

    /// <summary>Where the element is, or else where it would be put.</summary>
    private int SlotOf(ReadOnlySpan<byte> identity)
    {
        var slot = (int)Hash(identity) & (_slots.Length - 1);
        while (_slots[slot] != 0 && !_tape.At(Math.Abs(_slots[slot]) - 1).Identity.SequenceEqual(identity)) slot = (slot + 1) & (_slots.Length - 1);
        return slot;
    }

    private static uint Hash(ReadOnlySpan<byte> identity)
    {
        var hash = 2166136261u;
        while (identity.Length >= 4)
        {
            hash = BitOperations.RotateLeft((hash ^ BitConverter.ToUInt32(identity)) * 0x9E3779B1u, 15);
            identity = identity[4..];
        }

        foreach (var b in identity) hash = (hash ^ b) * 16777619u;
        hash ^= hash >> 16;
        hash *= 0x85EBCA6Bu;
        return hash ^ hash >> 13;
    }
}
