namespace Shunt.Proxy.Tests.Sources.Decoding;

/// <summary>A stream that gives at most so many bytes at a time.</summary>
internal sealed class TrickleStream(byte[] content, int atOnce) : MemoryStream(content)
{
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        base.ReadAsync(buffer[..Math.Min(atOnce, buffer.Length)], cancellationToken);
}
