using System.Text;

namespace Shunt.Proxy.Metrics.Exposition;

/// <summary>The name of one series, ready to be written.</summary>
/// <param name="Metric">The metric's name.</param>
/// <param name="Labels">Its labels as they are written, without the braces; empty for none.</param>
internal readonly record struct SeriesName(string Metric, string Labels)
{
    /// <summary>The name of a series.</summary>
    /// <param name="description">The metric.</param>
    /// <param name="values">The labels' values, as many as it has labels.</param>
    public static SeriesName Of(MetricDescription description, LabelValues values)
    {
        var text = new StringBuilder();
        for (var i = 0; i < description.Labels.Length; i++)
        {
            if (i > 0) text.Append(',');
            text.Append(description.Labels[i]).Append("=\"").Append(Escape(values[i])).Append('"');
        }

        return new SeriesName(description.Name, text.ToString());
    }

    /// <summary>What stands before a sample's value: <c>name{labels} </c>.</summary>
    /// <param name="suffix">What the format puts after the metric's name; empty for nothing.</param>
    public byte[] Sample(string suffix = "") => Encoding.UTF8.GetBytes(Labels.Length == 0 ? $"{Metric}{suffix} " : $"{Metric}{suffix}{{{Labels}}} ");

    /// <summary>What stands before the bound of a bucket: <c>name_bucket{labels,</c>.</summary>
    public byte[] Bucket() => Encoding.UTF8.GetBytes(Labels.Length == 0 ? $"{Metric}_bucket{{" : $"{Metric}_bucket{{{Labels},");

    /// <summary>A label's value as it stands between its quotes.</summary>
    public static string Escape(string value) =>
        value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
}
