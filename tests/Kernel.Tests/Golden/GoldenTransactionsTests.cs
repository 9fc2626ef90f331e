using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Shunt.Testing;
using Shunt.Testing.Agent;
using Shunt.Testing.Network;

namespace Shunt.Kernel.Tests.Golden;

/// <summary>A sequence of changes, each of which ends in the state kube-proxy ended in, having sent less than kube-proxy sent.</summary>
[Trait("needs", "root")]
public sealed partial class GoldenTransactionsTests
{
    private static readonly string[] Setup = ["00-start-empty"];

    [Theory]
    [InlineData("nft", "direct")]
    [InlineData("nft", "restore")]
    [InlineData("legacy", "direct")]
    [InlineData("legacy", "restore")]
    public async Task Every_step_ends_where_kube_proxy_ended_and_sends_less(string variant, string writer)
    {
        Root.SkipUnlessAvailable("iptables", "python3", "nfacct");
        var ct = TestContext.Current.CancellationToken;
        var steps = Directory.GetDirectories(Repository.GoldenOrSkip("transactions/iptables")).Order(StringComparer.Ordinal).ToList();
        await using var ours = await ScratchNamespace.CreateAsync("ours", ct);
        await using var theirs = await ScratchNamespace.CreateAsync("theirs", ct);
        foreach (var counter in new[] { "ct_state_invalid_dropped_pkts", "localhost_nps_accepted_pkts" })
            (await theirs.RunAsync("nfacct", ["add", counter], null, ct)).EnsureSuccess();
        using var cluster = new ClusterDirectory();
        await using var agent = ShuntAgent.Start(ours, [
            "run", "--from", cluster.Path, "--shunt-iptables-variant", variant, "--shunt-iptables-writer", writer, "--iptables-min-sync-period", "10ms", "-v", "2", .. GoldenCluster.Flags]);

        foreach (var step in steps)
        {
            var name = Path.GetFileName(step);
            var changed = cluster.Change(name);
            var sent = changed ? await BytesSentAsync(agent, name == Setup[0], ct) : 0;
            var theirBytes = await ReplayAsync(theirs, variant, step, ct);

            // What the kernel gets is of another kind than what iptables-restore reads, and no measure of it.
            Assert.True(sent < theirBytes || writer == "direct", $"{name}: {sent} bytes sent, kube-proxy sent {theirBytes}");
            foreach (var program in new[] { "iptables", "ip6tables" })
            {
                var expected = Path.Combine(cluster.Path, "expected.txt");
                await File.WriteAllTextAsync(expected, await SaveAsync(theirs, program, variant, ct), ct);
                await GoldenCluster.AssertSameRulesAsync(expected, await SaveAsync(ours, program, variant, ct), ct);
            }
        }
    }

    private static async Task<string> SaveAsync(ScratchNamespace at, string program, string variant, CancellationToken ct) =>
        (await at.RunAsync($"{program}-{variant}-save", [], null, ct)).EnsureSuccess().Output;

    /// <summary>What the agent sent for one change, both families together.</summary>
    private static async Task<long> BytesSentAsync(RunningAgent agent, bool first, CancellationToken ct)
    {
        long sent = 0;
        foreach (var family in new[] { "IPv4", "IPv6" })
        {
            // A sync with changes; the family that has none in it may have nothing to say.
            var line = await agent.WaitForAsync($"SyncProxyRules complete\" ipFamily=\"{family}\"", ct);
            sent += long.Parse(Sent().Match(line).Groups[1].ValueSpan, CultureInfo.InvariantCulture);
        }

        if (first) Assert.True(sent > 0);
        return sent;
    }

    /// <summary>Does what kube-proxy did; gives how many bytes of commands and input that took.</summary>
    private static async Task<long> ReplayAsync(ScratchNamespace at, string variant, string step, CancellationToken ct)
    {
        long bytes = 0;
        foreach (var file in Directory.GetFiles(step).OrderBy(static file => int.Parse(Path.GetFileName(file).Split('.')[0], CultureInfo.InvariantCulture)))
        {
            var text = await File.ReadAllTextAsync(file, ct);
            bytes += text.Length;
            var end = text.IndexOf('\n', StringComparison.Ordinal);
            var words = Words(text[.."# ARGS ".Length] == "# ARGS " ? text["# ARGS ".Length..(end < 0 ? text.Length : end)] : "");
            var program = words[0].Replace("tables", $"tables-{variant}", StringComparison.Ordinal);
            await at.RunAsync(program, words[1..], end < 0 ? "" : text[(end + 1)..], ct);
        }

        return bytes;
    }

    /// <summary>The words of a recorded command; a comment was one word, whatever is in it.</summary>
    private static string[] Words(string command)
    {
        var match = Comment().Match(command);
        if (!match.Success) return command.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return [.. Words(command[..match.Index]), "--comment", match.Groups[1].Value, .. Words(command[(match.Index + match.Length)..])];
    }

    [GeneratedRegex("bytesSent=(\\d+)")]
    private static partial Regex Sent();

    [GeneratedRegex("--comment (.*?) (?=-j )")]
    private static partial Regex Comment();

    /// <summary>The manifests of the cluster at each step.</summary>
    private sealed class ClusterDirectory : IDisposable
    {
        private static readonly Dictionary<string, string> Added = new(StringComparer.Ordinal)
        {
            ["00-start-empty"] = "000-empty",
            ["01-add-clusterip-3ep"] = "005-clusterip-3ep",
            ["02-add-affinity"] = "065-affinity",
            ["03-add-nodeport"] = "025-nodeport",
            ["04-add-lb-etp-local-sourceranges"] = "050-lb-etp-local-sourceranges",
            ["05-add-udp"] = "009-udp",
            ["06-add-clusterip-0ep"] = "002-clusterip-0ep",
        };

        private static readonly Dictionary<string, (string Case, string Gone, string? Come)> Endpoints = new(StringComparer.Ordinal)
        {
            ["07-change-endpoint-clusterip-3ep"] = ("005-clusterip-3ep", "10.244.2.21", "10.244.2.77"),
            ["08-change-endpoint-affinity"] = ("065-affinity", "10.244.2.21", "10.244.2.77"),
            ["09-remove-endpoint-clusterip-3ep"] = ("005-clusterip-3ep", "10.244.2.22", null),
            ["10-remove-all-endpoints-clusterip-3ep"] = ("005-clusterip-3ep", "", null),
            ["11-remove-endpoint-udp"] = ("009-udp", "10.244.2.21", null),
            ["12-lose-local-endpoint-lb"] = ("050-lb-etp-local-sourceranges", "10.244.1.11", null),
        };

        public string Path { get; } = Directory.CreateTempSubdirectory("shunt-golden").FullName;

        /// <summary>Makes the change a step is named after; false when it makes none.</summary>
        public bool Change(string step)
        {
            if (Added.TryGetValue(step, out var name)) Write(name, Read(Repository.GoldenOrSkip($"cases/{name}.json"), keepAll: step == Setup[0]));
            else if (Endpoints.TryGetValue(step, out var change)) Edit(change.Case, document => ChangeEndpoints(document, change.Gone, change.Come));
            else if (step == "13-nodeport-to-clusterip") Edit("025-nodeport", ToClusterIp);
            else if (step == "14-delete-affinity") File.Delete(PathOf("065-affinity"));
            else return false;
            return true;
        }

        public void Dispose() => Directory.Delete(Path, recursive: true);

        private string PathOf(string name) => System.IO.Path.Combine(Path, name + ".json");

        private static JsonNode Read(string path, bool keepAll)
        {
            var document = JsonNode.Parse(File.ReadAllText(path))!; // a recorded document
            var items = document["items"]!.AsArray();
            if (!keepAll)
            {
                foreach (var item in items.ToList())
                {
                    if ((string?)item!["metadata"]!["namespace"] != "golden") items.Remove(item);
                }
            }

            return document;
        }

        private void Edit(string name, Action<JsonNode> edit)
        {
            var document = Read(PathOf(name), keepAll: true);
            edit(document);
            Write(name, document);
        }

        // Renamed into place, as kubectl and editors do, so that the agent never sees half a file.
        private void Write(string name, JsonNode document)
        {
            File.WriteAllText(PathOf(name) + ".new", document.ToJsonString());
            File.Move(PathOf(name) + ".new", PathOf(name), overwrite: true);
        }

        private static void ChangeEndpoints(JsonNode document, string gone, string? come)
        {
            foreach (var slice in document["items"]!.AsArray().Where(static item => (string?)item!["kind"] == "EndpointSlice"))
            {
                var endpoints = slice!["endpoints"]!.AsArray();
                foreach (var endpoint in endpoints.ToList())
                {
                    var address = (string?)endpoint!["addresses"]![0];
                    if (gone.Length > 0 && address != gone) continue;
                    if (come is null) endpoints.Remove(endpoint);
                    else endpoint["addresses"]![0] = come;
                }
            }
        }

        private static void ToClusterIp(JsonNode document)
        {
            foreach (var service in document["items"]!.AsArray().Where(static item => (string?)item!["kind"] == "Service"))
            {
                service!["spec"]!["type"] = "ClusterIP";
                service["spec"]!.AsObject().Remove("externalTrafficPolicy");
                foreach (var port in service["spec"]!["ports"]!.AsArray()) port!.AsObject().Remove("nodePort");
            }
        }
    }
}
