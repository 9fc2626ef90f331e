using System.Buffers.Binary;

namespace Shunt.Backends.Nftables;

/// <summary>
/// Elements one behind the other in one array: tens of thousands cost no object each. A record is <c>operation, set, parameter, key length,
/// key, data length, data, comment length, comment</c>, so that records of one operation sort by set and key as bytes do.
/// </summary>
internal sealed class ElementTape
{
    private const int KeepCapacity = 64 * 1024;

    private byte[] _bytes = [];

    /// <summary>Where the next record will be.</summary>
    public int Length { get; private set; }

    /// <summary>Appends a record.</summary>
    public void Add(ElementOperation operation, SetId set, scoped ReadOnlySpan<byte> key, scoped ReadOnlySpan<byte> data = default, scoped ReadOnlySpan<byte> comment = default)
    {
        var length = ElementRecord.HeaderLength + key.Length + 1 + data.Length + 1 + comment.Length;
        if (_bytes.Length - Length < length) Grow(length);
        var record = _bytes.AsSpan(Length, length);
        record[0] = (byte)operation;
        record[1] = (byte)set.Kind;
        BinaryPrimitives.WriteInt32BigEndian(record[2..], set.Parameter);
        record[6] = (byte)key.Length;
        key.CopyTo(record[ElementRecord.HeaderLength..]);
        var rest = record[(ElementRecord.HeaderLength + key.Length)..];
        rest[0] = (byte)data.Length;
        data.CopyTo(rest[1..]);
        rest = rest[(1 + data.Length)..];
        rest[0] = (byte)comment.Length;
        comment.CopyTo(rest[1..]);
        Length += length;
    }

    /// <summary>Appends a copy of a record, with another operation.</summary>
    public void Add(ElementOperation operation, in ElementRecord element) => Add(operation, element.Set, element.Key, element.Data, element.Comment);

    /// <summary>The record at an offset; valid until the next is added.</summary>
    public ElementRecord At(int offset) => new(_bytes.AsSpan(offset, Length - offset), offset);

    /// <summary>Forgets all records.</summary>
    public void Clear()
    {
        if (_bytes.Length > KeepCapacity) _bytes = [];
        Length = 0;
    }

    /// <summary>Forgets the records from an offset on.</summary>
    public void Truncate(int length) => Length = length;

    private void Grow(int room)
    {
        var larger = GC.AllocateUninitializedArray<byte>(Math.Max(Math.Max(256, Length + room), _bytes.Length * 2));
        _bytes.AsSpan(0, Length).CopyTo(larger);
        _bytes = larger;
    }
}
