using System.Globalization;
using System.Net;
using System.Text;

namespace Shunt.Bench;

/// <summary>Draws how times grow with the number of Services: both axes logarithmic, a line for each mode and a dashed one for its peer.</summary>
internal sealed class ModesPlot
{
    private const int Width = 470; // of a panel's axes
    private const int Height = 330;
    private const int Left = 64;
    private const int Top = 52;
    private const int Pitch = Left + Width + 36; // from panel to panel
    private const int Legend = Top + Height + 62;
    private const int Endpoints = 2; // sizes with others are in no line

    // Readable on white and on black.
    private static readonly string[] Colours = ["#d2691e", "#3d85c6", "#2e9e5b", "#a05fc4", "#c2a000"];

    private readonly StringBuilder _svg = new();
    private readonly List<ModesResult> _results;
    private readonly List<string> _modes;

    private ModesPlot(IEnumerable<ModesResult> results)
    {
        _results = [.. results.Where(static result => result.Endpoints == Endpoints)];
        _modes = [.. _results.Select(static result => result.Mode).Distinct()];
    }

    /// <summary>The plot, an SVG document.</summary>
    public static string Draw(IEnumerable<ModesResult> results)
    {
        var plot = new ModesPlot(results);
        plot.DrawAll();
        return plot._svg.ToString();
    }

    private void DrawAll()
    {
        var height = Legend + _modes.Count * 22 + 8;
        Add($"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {2 * Pitch} {height}" font-family="Helvetica, Arial, sans-serif" font-size="13">""");
        Add(
            $$"""
            <style>
            text { fill: #7a828c } .grid { stroke: #8886; stroke-width: 1 } .axis { stroke: #888; fill: none } polyline { fill: none; stroke-width: 2.5 } .peer { stroke-dasharray: 7 5 }
            @media (prefers-color-scheme: light) { text { fill: #333 } }
            @media (prefers-color-scheme: dark) { text { fill: #ccc } }
            </style>
            """);
        Panel(0, "Full sync of an empty kernel", ModesResult.FullSync);
        Panel(Pitch, "One endpoint changed", ModesResult.EndpointChanged);
        for (var i = 0; i < _modes.Count; i++)
        {
            var peer = _results.Find(result => result.Mode == _modes[i] && result.Scenario == ModesResult.FullSync)?.Peer ?? "its peer";
            var y = Legend + i * 22;
            Add($"""<polyline points="{Left},{y} {Left + 40},{y}" stroke="{Colour(i)}"/>""");
            Text(Left + 50, y + 4, "start", $"Shunt, {_modes[i]}");
            Add($"""<polyline class="peer" points="{Left + 240},{y} {Left + 280},{y}" stroke="{Colour(i)}"/>""");
            Text(Left + 290, y + 4, "start", $"{peer}, fed as kube-proxy feeds it");
        }

        Add($"</svg>");
    }

    private void Panel(int x, string title, string scenario)
    {
        var rows = _results.FindAll(result => result.Scenario == scenario);
        if (rows.Count == 0) return;
        var times = rows.SelectMany(static row => row.PeerTime is { } peer ? [row.Ours, peer] : (double[])[row.Ours]).ToList();
        var axes = new Axes(
            x + Left,
            Math.Floor(Math.Log10(rows.Min(static row => row.Services))),
            Math.Max(Math.Ceiling(Math.Log10(rows.Max(static row => row.Services)) * 2) / 2, 1),
            Math.Floor(Math.Log10(times.Min())),
            Math.Ceiling(Math.Log10(times.Max()) + 1e-9));
        Frame(axes, title);
        for (var i = 0; i < _modes.Count; i++)
        {
            var mode = rows.Where(row => row.Mode == _modes[i]).OrderBy(static row => row.Services).ToList();
            Line(axes, Colour(i), "ours", mode.Select(static row => (row.Services, (double?)row.Ours)));
            Line(axes, Colour(i), "peer", mode.Select(static row => (row.Services, row.PeerTime)));
        }
    }

    private void Frame(Axes axes, string title)
    {
        Add($"""<text x="{axes.X0}" y="{Top - 22}" font-size="16" font-weight="bold">{title}</text>""");
        Add($"""<rect class="axis" x="{axes.X0}" y="{Top}" width="{Width}" height="{Height}"/>""");
        for (var decade = axes.LeastTime; decade <= axes.MostTime; decade++)
        {
            var y = axes.Y(Math.Pow(10, decade));
            Add($"""<line class="grid" x1="{axes.X0}" y1="{y:F1}" x2="{axes.X0 + Width}" y2="{y:F1}"/>""");
            Text(axes.X0 - 8, y + 4, "end", Time(decade));
        }

        foreach (var services in (int[])[10, 30, 100, 300, 1_000, 3_000, 10_000, 30_000, 100_000])
        {
            var x = axes.X(services);
            if (x < axes.X0 - 1 || x > axes.X0 + Width + 1) continue;
            Add($"""<line class="grid" x1="{x:F1}" y1="{Top}" x2="{x:F1}" y2="{Top + Height}"/>""");
            Text(x, Top + Height + 18, "middle", services.ToString("N0", CultureInfo.InvariantCulture));
        }

        Text(axes.X0 + Width / 2, Top + Height + 38, "middle", $"Services of {Endpoints} endpoints");
    }

    private void Line(Axes axes, string colour, string kind, IEnumerable<(int Services, double? Time)> points)
    {
        var known = points.Where(static point => point.Time is > 0).Select(point => (X: axes.X(point.Services), Y: axes.Y(point.Time!.Value))).ToList(); // it is known
        Add($"""<polyline class="{kind}" stroke="{colour}" points="{string.Join(' ', known.Select(static point => Invariant($"{point.X:F1},{point.Y:F1}")))}"/>""");
        foreach (var (x, y) in known) Add($"""<circle cx="{x:F1}" cy="{y:F1}" r="3.5" fill="{colour}"/>""");
    }

    private void Text(double x, double y, string anchor, string text) =>
        Add($"""<text x="{x:F1}" y="{y:F1}" text-anchor="{anchor}">{WebUtility.HtmlEncode(text)}</text>""");

    private void Add(FormattableString line) => _svg.Append(Invariant(line)).Append('\n');

    private static string Colour(int mode) => Colours[mode % Colours.Length];

    private static string Time(double decade) => decade switch
    {
        < 0 => Invariant($"{Math.Pow(10, decade + 3):0.###} µs"),
        < 3 => Invariant($"{Math.Pow(10, decade):0} ms"),
        _ => Invariant($"{Math.Pow(10, decade - 3):0} s"),
    };

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>Where things are in a panel; the limits are logarithms.</summary>
    private sealed record Axes(double X0, double LeastServices, double MostServices, double LeastTime, double MostTime)
    {
        public double X(int services) => X0 + Width * (Math.Log10(services) - LeastServices) / (MostServices - LeastServices);

        public double Y(double time) => Top + Height * (1 - (Math.Log10(time) - LeastTime) / (MostTime - LeastTime));
    }
}
