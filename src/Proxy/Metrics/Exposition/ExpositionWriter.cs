using System.Buffers;
using System.Globalization;

namespace Shunt.Proxy.Metrics.Exposition;

/// <summary>Writes into a buffer of somebody else's, without making anything. <see cref="Complete"/> hands over what was written last.</summary>
internal ref struct ExpositionWriter
{
    private const int MinimumSize = 4096;

    private readonly IBufferWriter<byte> _output;
    private Span<byte> _free;
    private int _used;

    /// <summary>Writes to the end of a buffer.</summary>
    public ExpositionWriter(IBufferWriter<byte> output, ExpositionFormat format)
    {
        _output = output;
        Format = format;
    }

    /// <summary>The format.</summary>
    public ExpositionFormat Format { get; }

    /// <summary>Writes bytes as they are.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        Reserve(bytes.Length);
        bytes.CopyTo(_free[_used..]);
        _used += bytes.Length;
    }

    /// <summary>Writes a sample's value, and ends the line.</summary>
    public void WriteValue(double value)
    {
        Reserve(GoNumber.MaxLength + 1);
        var to = _free[_used..];
        var length = Format == ExpositionFormat.Text ? GoNumber.Format(value, to) : GoNumber.FormatOpenMetrics(value, to);
        to[length] = (byte)'\n';
        _used += length + 1;
    }

    /// <summary>Writes a count, which never has an exponent, and ends the line.</summary>
    public void WriteCount(long count)
    {
        Reserve(GoNumber.MaxLength + 1);
        var to = _free[_used..];
        count.TryFormat(to, out var length, default, CultureInfo.InvariantCulture);
        to[length] = (byte)'\n';
        _used += length + 1;
    }

    /// <summary>Hands over what was written.</summary>
    public void Complete()
    {
        if (_used > 0) _output.Advance(_used);
        _free = default;
        _used = 0;
    }

    private void Reserve(int size)
    {
        if (_free.Length - _used >= size) return;
        Complete();
        _free = _output.GetSpan(Math.Max(size, MinimumSize));
    }
}
