using System.Globalization;
using System.Text;
using System.Text.Json;
using Shunt.Testing;

namespace Shunt.Bench;

/// <summary>What was measured, for people and for programs: bench/results/nftables.md and nftables.json.</summary>
internal static class NftablesReport
{
    private const string Head =
        """
        "from delta" is from a snapshot with its delta to the kernel's yes, "from watch event" from the event on. Loads: the median of all. Changes:
        the median of the quietest of ten passes, because others used the machine too (the median of all is in nftables.json). First packets: the
        same. In brackets the least. CPU is that of this process, in user space and the kernel together. The peer is measured in the same run, in
        turn, and in the same way; what kube-proxy does beside running `nft` is not in it.

        | | Services | endpoints each | ours | CPU | peer | its time | ratio | goal |
        |---|---|---|---|---|---|---|---|---|

        """;

    /// <summary>A row of the table.</summary>
    public static string Row(NftablesResult result)
    {
        var cells = new[]
        {
            result.Scenario,
            result.Services.ToString("N0", CultureInfo.InvariantCulture),
            result.Endpoints.ToString(CultureInfo.InvariantCulture),
            Figures(result.Ours, result.Best, result.IsMemory),
            result.Cpu is { } cpu ? Figure(cpu) : "",
            result.Peer,
            result is { PeerUsual: { } usual, PeerBest: { } best } ? Figures(usual, best, isMemory: false) : "",
            result.PeerUsual / result.Ours is { } ratio ? ratio.ToString("N1", CultureInfo.InvariantCulture) : "",
            result.Goal.Length == 0 ? "" : $"{result.Goal}: {(result.GoalMet ? "ok" : "MISSED")}",
        };
        return $"| {string.Join(" | ", cells)} |";
    }

    /// <summary>Writes both files.</summary>
    public static async Task WriteAsync(IReadOnlyList<NftablesResult> results)
    {
        var text = new StringBuilder($"# nftables mode\n\nMeasured by `make bench-nftables` on {BenchMachine.Describe()}.\n\n").Append(Head);
        foreach (var result in results) text.Append(Row(result)).Append('\n');
        var directory = Directory.CreateDirectory(Repository.PathOf("bench/results")).FullName;
        await File.WriteAllTextAsync(Path.Combine(directory, "nftables.md"), text.ToString());
        await File.WriteAllBytesAsync(Path.Combine(directory, "nftables.json"), BenchJson.Write(results, Write));
    }

    private static string Figures(double usual, double best, bool isMemory) =>
        isMemory ? string.Create(CultureInfo.InvariantCulture, $"{usual:F1} ({best:F1}) MiB") : $"{Figure(usual)} ({Figure(best)})";

    private static string Figure(double milliseconds) => milliseconds switch
    {
        < 0.1 => string.Create(CultureInfo.InvariantCulture, $"{milliseconds * 1000:F2} µs"),
        < 1 => string.Create(CultureInfo.InvariantCulture, $"{milliseconds * 1000:F0} µs"),
        < 100 => string.Create(CultureInfo.InvariantCulture, $"{milliseconds:F1} ms"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{milliseconds:N0} ms"),
    };

    private static void Write(NftablesResult result, Utf8JsonWriter json)
    {
        var unit = result.IsMemory ? "mib" : "ms";
        json.WriteStartObject();
        json.WriteString("scenario", result.Scenario);
        json.WriteString("mode", "nftables");
        json.WriteNumber("services", result.Services);
        json.WriteNumber("endpoints", result.Endpoints);
        json.WriteNumber($"ours_{unit}", Round(result.Ours));
        json.WriteNumber($"ours_median_{unit}", Round(result.Median));
        json.WriteNumber($"ours_best_{unit}", Round(result.Best));
        if (result.Cpu is { } cpu) json.WriteNumber("ours_cpu_ms", Round(cpu));
        if (result is { PeerUsual: { } usual, PeerBest: { } best })
        {
            json.WriteString("peer", result.Peer);
            json.WriteNumber("peer_ms", Round(usual));
            json.WriteNumber("peer_best_ms", Round(best));
            json.WriteNumber("ratio", Math.Round(usual / result.Ours, 2));
        }

        if (result.Goal.Length > 0)
        {
            json.WriteString("goal", result.Goal);
            json.WriteBoolean("goal_met", result.GoalMet);
        }

        json.WriteEndObject();
    }

    private static double Round(double figure) => Math.Round(figure, 5);
}
