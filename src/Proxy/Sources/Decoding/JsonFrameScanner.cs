using System.Buffers;

namespace Shunt.Proxy.Sources.Decoding;

/// <summary>
/// Finds where one JSON object of a stream ends and the next begins, looking at each byte once however it arrives. It only counts
/// braces outside strings; whether the object is sound is for the decoder to say.
/// </summary>
internal struct JsonFrameScanner
{
    private static readonly SearchValues<byte> Structure = SearchValues.Create("{}\""u8);
    private static readonly SearchValues<byte> InString = SearchValues.Create("\"\\"u8);

    private int _depth;
    private bool _inString;
    private bool _escaped;

    /// <summary>Looks at the next bytes.</summary>
    /// <param name="bytes">They follow those of the previous call.</param>
    /// <returns>How many of them belong to the object, when it ends here; -1 when it does not.</returns>
    public int Scan(ReadOnlySpan<byte> bytes)
    {
        var at = 0;
        while (at < bytes.Length)
        {
            if (_escaped)
            {
                _escaped = false;
                at++;
                continue;
            }

            var next = bytes[at..].IndexOfAny(_inString ? InString : Structure);
            if (next < 0) return -1;
            at += next + 1;
            if (Step(bytes[at - 1])) return at;
        }

        return -1;
    }

    private bool Step(byte found)
    {
        switch (found)
        {
            case (byte)'\\': _escaped = true; return false;
            case (byte)'"': _inString = !_inString; return false;
            case (byte)'{': _depth++; return false;
            default: return _depth > 0 && --_depth == 0;
        }
    }
}
