using System.Collections.Immutable;
using System.Text;

namespace Shunt.Proxy.Metrics.Exposition;

/// <summary>The upper bounds of a histogram's buckets, and how they are written; shared by all series that have the same.</summary>
internal sealed class Buckets
{
    private readonly double[] _bounds;
    private readonly byte[][] _text;
    private readonly byte[][] _openMetrics;

    /// <summary>Buckets up to each bound, and one above the last.</summary>
    /// <param name="bounds">The bounds, growing.</param>
    public Buckets(params ImmutableArray<double> bounds)
    {
        _bounds = [.. bounds];
        _text = [.. bounds.Append(double.PositiveInfinity).Select(static bound => Tail(bound, GoNumber.Format))];
        _openMetrics = [.. bounds.Append(double.PositiveInfinity).Select(static bound => Tail(bound, GoNumber.FormatOpenMetrics))];
    }

    private delegate int Formatter(double value, Span<byte> destination);

    /// <summary>One millisecond, and the double of the last up to 16.384 s: what durations of syncs are counted in.</summary>
    public static Buckets SyncDuration { get; } = new([.. Enumerable.Range(0, 15).Select(static i => 0.001 * (1 << i))]);

    /// <summary>From a quarter of a second to five minutes: what network programming latency is counted in.</summary>
    public static Buckets NetworkProgramming { get; } = new(
    [
        0.25, 0.5,
        .. Enumerable.Range(1, 59).Select(static i => (double)i),
        .. Enumerable.Range(0, 12).Select(static i => 60.0 + 5 * i),
        .. Enumerable.Range(0, 7).Select(static i => 120.0 + 30 * i),
    ]);

    /// <summary>What durations of requests to the API server are counted in (client-go's).</summary>
    public static Buckets Request { get; } = new(0.005, 0.025, 0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60);

    /// <summary>How many there are, with the one above the last bound.</summary>
    public int Count => _text.Length;

    /// <summary>The bucket a value belongs to: the first whose bound is not below it.</summary>
    public int IndexOf(double value)
    {
        var found = Array.BinarySearch(_bounds, value);
        return found >= 0 ? found : ~found;
    }

    /// <summary>The end of a sample's name: <c>le="0.5"} </c>.</summary>
    public ReadOnlySpan<byte> TailOf(int bucket, ExpositionFormat format) => format == ExpositionFormat.Text ? _text[bucket] : _openMetrics[bucket];

    private static byte[] Tail(double bound, Formatter format)
    {
        Span<byte> number = stackalloc byte[GoNumber.MaxLength];
        return Encoding.ASCII.GetBytes($"le=\"{Encoding.ASCII.GetString(number[..format(bound, number)])}\"}} ");
    }
}
