using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Shunt.Bench;

/// <summary>What was measured, for people and for programs: bench.md, bench.json and bench.svg.</summary>
/// <param name="options">What was asked for.</param>
/// <param name="machine">The machine, in words.</param>
internal sealed class ModesReport(ModesRunOptions options, string machine)
{
    /// <summary>The head of the table of all results.</summary>
    public const string Head =
        """
        | | mode | Services | endpoints each | Shunt | peer | its time | times as long |
        |---|---|---|---|---|---|---|---|
        """;

    private const string Meaning =
        """
        Everything was done on the real kernel, in network namespaces, by Shunt and by its peer in turn; figures are medians. The peer is the tool
        that kube-proxy uses, fed with what kube-proxy would feed it: its full layout, and for a change all of KUBE-SERVICES and the chains of the
        Service that changed (iptables), or the elements and the chain that change (nftables). What kube-proxy does beside running the tool is not
        in it. A full sync is from an empty kernel to all rules in force, Shunt's look at the kernel, its compiler and its differ included; a change
        is from desired state to the kernel's yes. A first packet is that of a new connection, through a router with conntrack, which costs it some
        microseconds without any rules.

        """;

    private static readonly string[] Shown =
        [ModesResult.FullSync, ModesResult.EndpointChanged, ModesResult.ServiceAdded, ModesResult.ServiceRemoved, ModesResult.LastPacket, ModesResult.LastPacketOfTree];

    private readonly List<ModesResult> _results = [];
    private readonly List<string> _skipped = [];

    /// <summary>The modes that cannot be measured here, and why.</summary>
    public IReadOnlyList<string> Skipped => _skipped;

    /// <summary>How long it all took.</summary>
    public TimeSpan Took { get; set; }

    /// <summary>Notes that a mode cannot be measured.</summary>
    public void Skip(BenchMode mode, string reason) => _skipped.Add($"{mode.Name} was not measured: {reason}");

    /// <summary>How long a program takes that does nothing: it is in each of the peer's times.</summary>
    public required TimeSpan ProgramStart { get; init; }

    /// <summary>Takes a result in.</summary>
    /// <returns>Its row of the table.</returns>
    public string Add(ModesResult result)
    {
        _results.Add(result);
        return Row(result);
    }

    /// <summary>The table that says most in few lines: how long Shunt took, and in brackets how long its peer, and how many times as long that is.</summary>
    public string Summary()
    {
        var text = new StringBuilder($"| mode | Services x endpoints | {string.Join(" | ", Shown)} |\n|---|---|{string.Concat(Shown.Select(static _ => "---|"))}\n");
        foreach (var cell in _results.GroupBy(static result => (result.Mode, result.Services, result.Endpoints)).OrderBy(static cell => ModeOrder(cell.Key.Mode)))
        {
            var columns = Shown.Select(scenario => cell.FirstOrDefault(result => result.Scenario == scenario)).Select(static result => result is null ? "" : Cell(result));
            text.Append(CultureInfo.InvariantCulture, $"| {cell.Key.Mode} | {cell.Key.Services:N0} x {cell.Key.Endpoints} | {string.Join(" | ", columns)} |\n");
        }

        return text.ToString();
    }

    /// <summary>Writes the files.</summary>
    public async Task WriteAsync()
    {
        var directory = Directory.CreateDirectory(options.Directory).FullName;
        await File.WriteAllTextAsync(Path.Combine(directory, "bench.md"), Text());
        await File.WriteAllBytesAsync(Path.Combine(directory, "bench.json"), BenchJson.Write(_results, Write));
        await File.WriteAllTextAsync(Path.Combine(directory, "bench.svg"), ModesPlot.Draw(_results));
    }

    private static int ModeOrder(string mode) => BenchMode.All.IndexOf(BenchMode.All.First(other => other.Name == mode));

    private static string Row(ModesResult result) => string.Create(
        CultureInfo.InvariantCulture,
        $"| {result.Scenario} | {result.Mode} | {result.Services:N0} | {result.Endpoints} | {Figure(result.Ours)} | {result.Peer} | "
        + $"{PeerFigure(result)} | {(result.Ratio is { } ratio ? Times(ratio) : "")} |");

    private static string Cell(ModesResult result) =>
        result is { PeerTime: { } time, Ratio: { } ratio } ? $"{Figure(result.Ours)} ({Figure(time)}: {Times(ratio)}×)" : Figure(result.Ours);

    private static string PeerFigure(ModesResult result) =>
        result.PeerTime is { } time ? Figure(time) : result.Peer is null ? "" : "not run";

    private static string Times(double ratio) => ratio.ToString(ratio < 10 ? "N1" : "N0", CultureInfo.InvariantCulture);

    private static string Figure(double milliseconds) => milliseconds switch
    {
        < 0.1 => string.Create(CultureInfo.InvariantCulture, $"{milliseconds * 1_000:F1} µs"),
        < 1 => string.Create(CultureInfo.InvariantCulture, $"{milliseconds * 1_000:F0} µs"),
        < 100 => string.Create(CultureInfo.InvariantCulture, $"{milliseconds:F1} ms"),
        < 1_000 => string.Create(CultureInfo.InvariantCulture, $"{milliseconds:F0} ms"),
        < 100_000 => string.Create(CultureInfo.InvariantCulture, $"{milliseconds / 1_000:F1} s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{milliseconds / 1_000:F0} s"),
    };

    private static void Write(ModesResult result, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("scenario", result.Scenario);
        json.WriteString("mode", result.Mode);
        json.WriteNumber("services", result.Services);
        json.WriteNumber("endpoints", result.Endpoints);
        json.WriteNumber("ours_ms", Math.Round(result.Ours, 5));
        json.WriteString("peer", result.Peer); // null is null
        WriteNumber(json, "peer_ms", result.PeerTime, digits: 5);
        WriteNumber(json, "ratio", result.Ratio, digits: 2);
        json.WriteEndObject();
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, double? number, int digits)
    {
        if (number is { } known) json.WriteNumber(name, Math.Round(known, digits));
        else json.WriteNull(name);
    }

    private string Text()
    {
        var command = options.Quick ? "make bench-quick" : "make bench";
        var text = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"# Shunt beside what people use otherwise\n\nMeasured by `{command}` in {Took.TotalMinutes:F1} min on {machine}.\n\n"));
        foreach (var skipped in Skipped) text.Append($"**{skipped}.**\n\n");
        text.Append(Meaning);
        text.Append(CultureInfo.InvariantCulture, $"A program that does nothing takes {Figure(ProgramStart.TotalMilliseconds)} here from its start to its end, which is in each of the peer's times.\n");
        text.Append(WhyNotRun()).Append("\n## In short\n\nIn brackets the peer's time, and how many times as long that is.\n\n").Append(Summary());
        text.Append("\n![full sync and one endpoint changed](bench.svg)\n\n## Everything\n\n").Append(Head).Append('\n');
        foreach (var result in _results) text.Append(Row(result)).Append('\n');
        return text.ToString();
    }

    /// <summary>Says of each peer up to which size it was run, where there was a larger one.</summary>
    private string WhyNotRun()
    {
        var text = new StringBuilder();
        foreach (var mode in options.Modes)
        {
            var most = options.PeerLarge ? mode.PeerAtAll : mode.PeerEveryRound;
            if (!_results.Exists(result => result.Mode == mode.Name && result.Services * result.Endpoints > most)) continue;
            text.Append(CultureInfo.InvariantCulture, $"`{mode.PeerName}` was not run with more than {most:N0} endpoints in all: {mode.PeerGrowth}.\n");
        }

        return text.ToString();
    }
}
