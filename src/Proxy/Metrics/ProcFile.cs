using System.Buffers.Text;

namespace Shunt.Proxy.Metrics;

/// <summary>A file of /proc, read again and again into the same buffer. Not thread-safe.</summary>
internal sealed class ProcFile(string path)
{
    private readonly byte[] _buffer = new byte[16 * 1024]; // the longest read here is some three thousand bytes

    /// <summary>What the file says now; empty when it cannot be read.</summary>
    public ReadOnlySpan<byte> Read()
    {
        try
        {
            using var file = File.OpenHandle(path);
            var length = 0;
            while (RandomAccess.Read(file, _buffer.AsSpan(length), length) is > 0 and var read) length += read;
            return _buffer.AsSpan(0, length);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return default;
        }
    }

    /// <summary>The number in a column of a line; the first column is 0, and columns are parted by white space.</summary>
    /// <returns>Null when there is no such column, or it holds no number.</returns>
    public static double? Column(ReadOnlySpan<byte> line, int column)
    {
        for (var i = 0; ; i++)
        {
            line = line.TrimStart((byte)' ');
            if (line.IsEmpty) return null;
            var end = line.IndexOf((byte)' ');
            var word = (end < 0 ? line : line[..end]).TrimEnd((byte)'\n');
            if (i == column) return Utf8Parser.TryParse(word, out double value, out var used) && used == word.Length ? value : null;
            if (end < 0) return null;
            line = line[end..];
        }
    }

    /// <summary>The rest of the line that begins with those words; empty when there is none.</summary>
    public static ReadOnlySpan<byte> After(ReadOnlySpan<byte> text, ReadOnlySpan<byte> words)
    {
        while (!text.IsEmpty)
        {
            var end = text.IndexOf((byte)'\n');
            var line = end < 0 ? text : text[..end];
            if (line.StartsWith(words)) return line[words.Length..];
            text = end < 0 ? default : text[(end + 1)..];
        }

        return default;
    }
}
