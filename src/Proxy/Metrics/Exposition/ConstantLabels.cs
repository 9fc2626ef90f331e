namespace Shunt.Proxy.Metrics.Exposition;

/// <summary>One series whose value is always 1 and whose labels, of any number, say something.</summary>
internal sealed class ConstantLabels : MetricFamily
{
    private readonly byte[] _sample;

    /// <summary>A family of that one series.</summary>
    /// <param name="description">What it says; it names no labels.</param>
    /// <param name="labels">Names and values, in the order of the names.</param>
    public ConstantLabels(MetricDescription description, IReadOnlyList<(string Name, string Value)> labels)
        : base(description)
    {
        var text = string.Join(',', labels.Select(static label => $"{label.Name}=\"{SeriesName.Escape(label.Value)}\""));
        _sample = new SeriesName(description.Name, text).Sample();
    }

    /// <inheritdoc/>
    public override void Write(ref ExpositionWriter writer)
    {
        WriteHeader(ref writer);
        writer.Write(_sample);
        writer.WriteValue(1);
    }
}
