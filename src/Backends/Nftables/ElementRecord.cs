using System.Buffers.Binary;

namespace Shunt.Backends.Nftables;

/// <summary>One record of an <see cref="ElementTape"/>.</summary>
internal readonly ref struct ElementRecord
{
    /// <summary>What is in front of the key: operation, set, parameter, length of the key.</summary>
    public const int HeaderLength = 7;

    private readonly ReadOnlySpan<byte> _bytes;

    /// <param name="bytes">Bytes that begin with the record.</param>
    /// <param name="offset">Where it is on its tape.</param>
    public ElementRecord(ReadOnlySpan<byte> bytes, int offset)
    {
        var key = bytes[6];
        var data = bytes[HeaderLength + key];
        var comment = bytes[HeaderLength + key + 1 + data];
        _bytes = bytes[..(HeaderLength + key + 1 + data + 1 + comment)];
        Next = offset + _bytes.Length;
    }

    /// <summary>Where the next record is on the tape.</summary>
    public int Next { get; }

    /// <summary>What is done with it.</summary>
    public ElementOperation Operation => (ElementOperation)_bytes[0];

    /// <summary>The set it is in.</summary>
    public SetId Set => new((SetKind)_bytes[1], BinaryPrimitives.ReadInt32BigEndian(_bytes[2..]));

    /// <summary>Set and key: what there can be only one of.</summary>
    public ReadOnlySpan<byte> Identity => _bytes[1..(HeaderLength + _bytes[6])];

    /// <summary>Everything but the operation.</summary>
    public ReadOnlySpan<byte> Content => _bytes[1..];

    /// <summary>The key, as the kernel has it.</summary>
    public ReadOnlySpan<byte> Key => _bytes.Slice(HeaderLength, _bytes[6]);

    /// <summary>What a map has for the key; empty for a set.</summary>
    public ReadOnlySpan<byte> Data
    {
        get
        {
            var at = HeaderLength + _bytes[6];
            return _bytes.Slice(at + 1, _bytes[at]);
        }
    }

    /// <summary>The comment, UTF-8; empty for none.</summary>
    public ReadOnlySpan<byte> Comment
    {
        get
        {
            var at = HeaderLength + _bytes[6] + 1 + Data.Length;
            return _bytes[(at + 1)..];
        }
    }
}
