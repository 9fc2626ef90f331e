using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Shunt.Model;
using Shunt.Proxy.Options;
using Shunt.Proxy.Sources;
using Shunt.Proxy.State;
using Shunt.Testing;
using Shunt.Testing.Builders;
using Shunt.Testing.Tracing;

namespace Shunt.Backends.Tests.Tracing;

/// <summary>The cluster of a hundred Services in which packets were recorded, in both families, in one of kube-proxy's modes.</summary>
internal sealed record GoldenCluster(string Mode, DesiredState IPv4, DesiredState IPv6)
{
    private static readonly IpAddr[] NodeAddresses = [.. new[] { "198.51.100.2", "192.0.2.2", "fd00:c0de::2", "2001:db8:2::2" }.Select(Build.Ip)];

    public static async Task<GoldenCluster> LoadOrSkipAsync(string mode, CancellationToken ct)
    {
        var options = new FileSourceOptions { Path = Repository.GoldenOrSkip("cluster.json"), NodeName = "peer-node" };
        var state = new ClusterState("peer-node", NullLogger.Instance);
        foreach (var listed in await new FileSource(options, TimeProvider.System, NullLogger<FileSource>.Instance).LoadAsync(ct)) state.Apply(listed);
        var node = NodeInfoResolver.Resolve("peer-node", state.Node, null);
        var networks = mode == "nftables" ? new NodePortNetworks(true, []) : NodePortNetworks.Everywhere;
        return new GoldenCluster(mode, Snapshot(IpFamily.IPv4), Snapshot(IpFamily.IPv6));

        DesiredState Snapshot(IpFamily family) => state.Snapshot(family, node, NodePortAddressResolver.Resolve(family, networks, node, NodeAddresses));
    }

    /// <summary>Asks what becomes of each recorded packet, and tells what is different from what became of it.</summary>
    public List<string> Differences(Func<GoldenFlow, TraceResult> ask)
    {
        using var verdicts = JsonDocument.Parse(File.ReadAllBytes(Repository.GoldenOrSkip($"verdicts/{Mode}.json")));
        var differences = new List<string>();
        var compared = 0;
        foreach (var flow in verdicts.RootElement.EnumerateObject())
        {
            var question = GoldenFlow.Parse(flow.Name);
            var told = ask(question);
            compared++;
            if (!question.Agrees(told, flow.Value)) differences.Add($"{flow.Name}: told \"{told}\", packets {flow.Value.GetRawText()}");
        }

        Assert.True(compared > 1000, $"only {compared} flows");
        return differences;
    }

    public TrafficRules Rules(IpFamily family) => new()
    {
        LocalDetector = Detector(family),
        LocalhostNodePorts = family == IpFamily.IPv4 && Mode == "iptables",
        NftablesMode = Mode == "nftables",
        LocalAddresses = [.. NodeAddresses],
    };

    public static LocalDetector Detector(IpFamily family) =>
        LocalDetector.ByCidr(IpPrefix.Parse(family == IpFamily.IPv4 ? "10.244.0.0/16" : "fd00:10:244::/56"));
}
