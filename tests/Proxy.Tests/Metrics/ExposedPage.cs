using System.Globalization;

namespace Shunt.Proxy.Tests.Metrics;

/// <summary>A page of metrics in Prometheus' text format, taken apart by a reader that knows nothing of how ours is made.</summary>
internal sealed class ExposedPage
{
    private ExposedPage()
    {
    }

    /// <summary>Help texts by metric.</summary>
    public Dictionary<string, string> Help { get; } = [];

    /// <summary>Types by metric.</summary>
    public Dictionary<string, string> Types { get; } = [];

    /// <summary>Values by sample, with labels as they are written.</summary>
    public Dictionary<string, double> Samples { get; } = [];

    /// <summary>The names of all samples, without labels.</summary>
    public IEnumerable<string> Names => Samples.Keys.Select(static sample => sample.Split('{')[0]).Distinct();

    public double this[string sample] => Samples[sample];

    public static ExposedPage Parse(string text)
    {
        var page = new ExposedPage();
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var words = line.Split(' ', 4);
            if (line.StartsWith("# HELP ", StringComparison.Ordinal)) page.Help.Add(words[2], words[3]);
            else if (line.StartsWith("# TYPE ", StringComparison.Ordinal)) page.Types.Add(words[2], words[3]);
            else if (line[0] != '#') page.Samples.Add(line[..line.LastIndexOf(' ')], Number(line[(line.LastIndexOf(' ') + 1)..]));
        }

        return page;
    }

    private static double Number(string text) => text switch
    {
        "+Inf" => double.PositiveInfinity,
        "NaN" => double.NaN,
        _ => double.Parse(text, CultureInfo.InvariantCulture),
    };
}
