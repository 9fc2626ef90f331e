namespace Shunt.Bench;

/// <summary>How long the same took, time after time.</summary>
internal sealed class SampledTimes
{
    private const int Passes = 10;

    private readonly List<double> _milliseconds = [];

    /// <summary>How often it was done.</summary>
    public int Count => _milliseconds.Count;

    /// <summary>The shortest, in milliseconds: what others on the machine disturb least.</summary>
    public double Best => _milliseconds.Min();

    /// <summary>The one in the middle, in milliseconds.</summary>
    public double Median => MedianOf(_milliseconds);

    /// <summary>The one in the middle of the quietest tenth, in milliseconds: what is usual while others on the machine leave it alone.</summary>
    public double Quietest => _milliseconds.Chunk(Math.Max(1, _milliseconds.Count / Passes)).Min(MedianOf);

    /// <summary>Adds one.</summary>
    public void Add(TimeSpan time) => Add(time.TotalMilliseconds);

    /// <summary>Adds one.</summary>
    public void Add(double milliseconds) => _milliseconds.Add(milliseconds);

    private static double MedianOf(IReadOnlyCollection<double> milliseconds)
    {
        var sorted = milliseconds.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
