using System.Globalization;
using System.Text;
using System.Text.Json;
using Shunt.Testing;

namespace Shunt.Bench;

/// <summary>What was measured, for people and for programs: bench/results/agent.md and agent.json.</summary>
/// <param name="options">What was asked for.</param>
internal sealed class WholeAgentReport(WholeAgentOptions options)
{
    private const string Head =
        """
        | | Services | endpoints each | RSS | of it anonymous | peak | CPU | tools' CPU | syncs | took |
        |---|---|---|---|---|---|---|---|---|---|

        """;

    private const string Reference =
        """
        For reference, kube-proxy 1.36.2 in iptables mode, measured on another machine and not by this program: 74 MiB after the sync of 1,000 Services
        with 2 endpoints each, 188 MiB after that of 10,000, 230 MiB after a few dozen changes to them.

        """;

    /// <summary>A row as one line.</summary>
    public static string Line(WholeAgentResult result)
    {
        var text = Inv($"{result.Scenario} {result.Services:N0} x {result.Endpoints}: RSS {result.After.Rss:F1} MiB (anonymous {result.After.RssAnonymous:F1}, peak ")
            + Inv($"{result.After.Peak:F1}), CPU {result.Cpu.TotalSeconds:F2} s (tools {result.ToolsCpu.TotalSeconds:F2} s), ")
            + Inv($"{result.Syncs:N0} syncs, took {result.Elapsed.TotalSeconds:F1} s, {result.After.Threads} threads");
        return result.Samples.Count == 0 ? text : $"{text}; {Trend(result)}";
    }

    /// <summary>Writes both files.</summary>
    public async Task WriteAsync(IReadOnlyList<WholeAgentResult> results)
    {
        var directory = Directory.CreateDirectory(Repository.PathOf("bench/results")).FullName;
        await File.WriteAllTextAsync(Path.Combine(directory, "agent.md"), ToMarkdown(results));
        await File.WriteAllBytesAsync(Path.Combine(directory, "agent.json"), ToJson(results));
    }

    /// <summary>The table, the machine and the reference.</summary>
    public string ToMarkdown(IReadOnlyList<WholeAgentResult> results)
    {
        var text = new StringBuilder("# The whole agent\n\n");
        text.Append(CultureInfo.InvariantCulture, $"Measured by `make bench-agent` on {BenchMachine.Describe()}; iptables ({options.Variant}). ");
        text.Append("Memory in MiB, time in seconds. \"tools\" are the iptables programs that the agent runs.\n\n");
        text.Append(Head);
        foreach (var result in results)
        {
            var what = result.Changes == 0 ? result.Scenario : Inv($"{result.Changes:N0} changes");
            text.Append(CultureInfo.InvariantCulture, $"| {what} | {result.Services:N0} | {result.Endpoints} | {result.After.Rss:F1} | {result.After.RssAnonymous:F1} ");
            text.Append(CultureInfo.InvariantCulture, $"| {result.After.Peak:F1} | {result.Cpu.TotalSeconds:F2} | {result.ToolsCpu.TotalSeconds:F2} ");
            text.Append(CultureInfo.InvariantCulture, $"| {result.Syncs:N0} | {result.Elapsed.TotalSeconds:F1} |\n");
        }

        foreach (var soak in results.Where(static result => result.Samples.Count > 0)) text.Append(CultureInfo.InvariantCulture, $"\n{soak.Changes:N0} changes: {Trend(soak)}.\n");
        return text.Append('\n').Append(Reference).ToString();
    }

    private static string Trend(WholeAgentResult soak) =>
        Inv($"{soak.FirstQuarter:F1} MiB in the first quarter, {soak.LastQuarter:F1} MiB in the last, {soak.Slope:+0.0;-0.0} KiB for 1,000 changes");

    private byte[] ToJson(IReadOnlyList<WholeAgentResult> results) => BenchJson.Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("machine", BenchMachine.Describe());
        json.WriteString("variant", options.Variant);
        json.WritePropertyName("results");
        BenchJson.WriteArray(results, Write, json);
        json.WriteEndObject();
    });

    private static void Write(WholeAgentResult result, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("scenario", result.Scenario);
        json.WriteNumber("services", result.Services);
        json.WriteNumber("endpoints", result.Endpoints);
        json.WriteNumber("changes", result.Changes);
        json.WriteNumber("rss_mib", Math.Round(result.After.Rss, 1));
        json.WriteNumber("rss_anon_mib", Math.Round(result.After.RssAnonymous, 1));
        json.WriteNumber("peak_mib", Math.Round(result.After.Peak, 1));
        json.WriteNumber("cpu_s", Math.Round(result.Cpu.TotalSeconds, 2));
        json.WriteNumber("tools_cpu_s", Math.Round(result.ToolsCpu.TotalSeconds, 2));
        json.WriteNumber("elapsed_s", Math.Round(result.Elapsed.TotalSeconds, 1));
        json.WriteNumber("syncs", result.Syncs);
        if (result.Samples.Count > 0)
        {
            json.WriteNumber("first_quarter_mib", Math.Round(result.FirstQuarter, 1));
            json.WriteNumber("last_quarter_mib", Math.Round(result.LastQuarter, 1));
            json.WriteNumber("slope_kib_per_1000", Math.Round(result.Slope, 1));
        }

        json.WriteEndObject();
    }

    private static string Inv(FormattableString text) => FormattableString.Invariant(text);
}
