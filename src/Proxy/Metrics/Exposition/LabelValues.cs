namespace Shunt.Proxy.Metrics.Exposition;

/// <summary>The values of a series' labels, in the order of their names; nothing here has more than three.</summary>
/// <param name="First">The first; empty when there is none.</param>
/// <param name="Second">The second; empty when there is none.</param>
/// <param name="Third">The third; empty when there is none.</param>
internal readonly record struct LabelValues(string First, string Second = "", string Third = "") : IComparable<LabelValues>
{
    /// <summary>The most labels a metric can have here.</summary>
    public const int MaxCount = 3;

    /// <summary>No labels.</summary>
    public static LabelValues None { get; } = new("");

    /// <summary>The value of the label at that place.</summary>
    public string this[int index] => index switch { 0 => First, 1 => Second, _ => Third };

    /// <summary>The order of series on the page: by the first value, then the second, then the third, character by character.</summary>
    public int CompareTo(LabelValues other)
    {
        var order = string.CompareOrdinal(First, other.First);
        if (order == 0) order = string.CompareOrdinal(Second, other.Second);
        return order != 0 ? order : string.CompareOrdinal(Third, other.Third);
    }
}
