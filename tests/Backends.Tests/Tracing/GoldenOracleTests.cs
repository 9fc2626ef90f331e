using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Shunt.Model;
using Shunt.Proxy.Sources;
using Shunt.Proxy.State;
using Shunt.Testing;
using Shunt.Testing.Builders;
using Shunt.Testing.Tracing;

namespace Shunt.Backends.Tests.Tracing;

/// <summary>The reference balancer against the kernel: what it says of a hundred Services, and what became of real packets under kube-proxy.</summary>
public sealed class GoldenOracleTests
{
    [Fact]
    public async Task Verdicts_agree_with_what_became_of_real_packets()
    {
        var recorded = Repository.GoldenOrSkip("verdicts/iptables.json");
        var options = new FileSourceOptions { Path = Repository.GoldenOrSkip("cluster.json"), NodeName = "peer-node" };
        var state = new ClusterState("peer-node", NullLogger.Instance);
        var source = new FileSource(options, TimeProvider.System, NullLogger<FileSource>.Instance);
        foreach (var listed in await source.LoadAsync(TestContext.Current.CancellationToken)) state.Apply(listed);
        var node = NodeInfoResolver.Resolve("peer-node", state.Node, null);
        var (v4, v6) = (state.Snapshot(IpFamily.IPv4, node), state.Snapshot(IpFamily.IPv6, node));

        using var verdicts = JsonDocument.Parse(await File.ReadAllBytesAsync(recorded, TestContext.Current.CancellationToken));
        var differences = new List<string>();
        var compared = 0;
        foreach (var flow in verdicts.RootElement.EnumerateObject())
        {
            var question = GoldenFlow.Parse(flow.Name);
            var isV4 = question.Packet.Destination.Family == IpFamily.IPv4;
            var told = ReferenceBalancer.Verdict(isV4 ? v4 : v6, Rules(isV4), Packet(question)).ToTraceResult();
            compared++;
            if (!question.Agrees(told, flow.Value)) differences.Add($"{flow.Name}: told \"{told}\", packets {flow.Value.GetRawText()}");
        }

        Assert.True(differences.Count == 0, string.Join(Environment.NewLine, differences.Take(20)));
        Assert.True(compared > 1000, $"only {compared} flows");
    }

    private static TrafficRules Rules(bool isV4) => new()
    {
        LocalDetector = LocalDetector.ByCidr(IpPrefix.Parse(isV4 ? "10.244.0.0/16" : "fd00:10:244::/56")),
        LocalhostNodePorts = isV4,
        LocalAddresses = [.. new[] { "198.51.100.2", "192.0.2.2", "fd00:c0de::2", "2001:db8:2::2" }.Select(static a => IpAddr.Parse(a))],
    };

    private static Packet Packet(GoldenFlow flow) =>
        new(flow.Packet.Protocol, flow.Packet.Source, flow.Packet.Destination, flow.Packet.Port, flow.Client is "node" or "localhost" ? null : flow.Client);
}
