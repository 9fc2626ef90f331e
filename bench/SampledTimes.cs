namespace Shunt.Bench;

/// <summary>How long the same took, time after time.</summary>
internal sealed class SampledTimes
{
    private readonly List<double> _milliseconds = [];

    /// <summary>How often it was done.</summary>
    public int Count => _milliseconds.Count;

    /// <summary>The shortest, in milliseconds: what others on the machine disturb least.</summary>
    public double Best => _milliseconds.Min();

    /// <summary>The one in the middle, in milliseconds.</summary>
    public double Median
    {
        get
        {
            var sorted = _milliseconds.Order().ToArray();
            return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
        }
    }

    /// <summary>Adds one.</summary>
    public void Add(TimeSpan time) => Add(time.TotalMilliseconds);

    /// <summary>Adds one.</summary>
    public void Add(double milliseconds) => _milliseconds.Add(milliseconds);
}
