using System.Buffers;
using System.IO.Pipelines;
using Shunt.Proxy.Sources.Decoding;

namespace Shunt.Proxy.Kubernetes;

/// <summary>Cuts the body of a watch into frames and decodes them, each byte looked at once however it arrives.</summary>
internal sealed class WatchStream(Stream body) : IAsyncDisposable
{
    private const int MaxFrame = 64 << 20;

    private readonly PipeReader _pipe = PipeReader.Create(body, new StreamPipeReaderOptions(bufferSize: 64 * 1024, minimumReadSize: 16 * 1024));
    private JsonFrameScanner _scanner;
    private long _scanned;

    /// <summary>The next frame; null at the end of the stream. A frame cut off by the end is dropped.</summary>
    /// <exception cref="InvalidDataException">What came is no stream of objects.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    public async ValueTask<WatchFrame?> ReadAsync(ObjectDecoder decoder, CancellationToken ct)
    {
        while (true)
        {
            var result = await _pipe.ReadAsync(ct);
            if (TryTake(result.Buffer, decoder, out var frame)) return frame;
            if (result.IsCompleted) return null;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _pipe.CompleteAsync();

    private bool TryTake(ReadOnlySequence<byte> buffer, ObjectDecoder decoder, out WatchFrame frame)
    {
        frame = default;
        if (_scanned == 0) buffer = SkipBetween(buffer);
        var end = FindEnd(buffer);
        if (end < 0)
        {
            if (buffer.Length > MaxFrame) throw new InvalidDataException($"an object of more than {MaxFrame >> 20} MB");
            _pipe.AdvanceTo(buffer.Start, buffer.End);
            return false;
        }

        _scanned = 0;
        var bytes = buffer.Slice(0, end);
        frame = Decode(bytes, decoder);
        _pipe.AdvanceTo(bytes.End);
        return true;
    }

    private static ReadOnlySequence<byte> SkipBetween(ReadOnlySequence<byte> buffer)
    {
        var reader = new SequenceReader<byte>(buffer);
        reader.AdvancePastAny(" \t\r\n"u8);
        if (reader.TryPeek(out var first) && first != (byte)'{') throw new InvalidDataException("the watch sent something that is no JSON object");
        return reader.UnreadSequence;
    }

    private long FindEnd(ReadOnlySequence<byte> buffer)
    {
        foreach (var segment in buffer.Slice(_scanned))
        {
            var end = _scanner.Scan(segment.Span);
            if (end >= 0) return _scanned + end;
            _scanned += segment.Length;
        }

        return -1;
    }

    private static WatchFrame Decode(ReadOnlySequence<byte> bytes, ObjectDecoder decoder)
    {
        if (bytes.IsSingleSegment) return WatchFrame.Decode(bytes.FirstSpan, decoder);
        var length = (int)bytes.Length;
        var copy = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            bytes.CopyTo(copy);
            return WatchFrame.Decode(copy.AsSpan(0, length), decoder);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(copy);
        }
    }
}
