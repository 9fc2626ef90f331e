using System.Text;

namespace Shunt.Proxy.Metrics.Exposition;

/// <summary>All series of one name. One without series is not written at all.</summary>
internal abstract class MetricFamily
{
    private readonly byte[] _text;
    private readonly byte[] _openMetrics;

    /// <summary>A family.</summary>
    protected MetricFamily(MetricDescription description)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(description.Labels.Length, LabelValues.MaxCount, nameof(description));
        Description = description;
        _text = Header(description.Name, Escape(description.FullHelp));

        // OpenMetrics calls a counter by its name without the suffix, and quotes the help text's quotes.
        var name = description.Kind == MetricKind.Counter && description.Name.EndsWith("_total", StringComparison.Ordinal)
            ? description.Name[..^"_total".Length]
            : description.Name;
        _openMetrics = Header(name, Escape(description.FullHelp).Replace("\"", "\\\"", StringComparison.Ordinal));
    }

    /// <summary>What the series have in common.</summary>
    public MetricDescription Description { get; }

    /// <summary>Writes the header and all samples.</summary>
    public abstract void Write(ref ExpositionWriter writer);

    /// <summary>Writes the HELP and TYPE lines.</summary>
    protected void WriteHeader(ref ExpositionWriter writer) => writer.Write(writer.Format == ExpositionFormat.Text ? _text : _openMetrics);

    private byte[] Header(string name, string help) => Encoding.UTF8.GetBytes($"# HELP {name} {help}\n# TYPE {name} {Description.Type}\n");

    private static string Escape(string help) =>
        help.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
}
