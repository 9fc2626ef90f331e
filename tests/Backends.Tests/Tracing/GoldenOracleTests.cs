using Shunt.Model;
using Shunt.Testing.Tracing;

namespace Shunt.Backends.Tests.Tracing;

/// <summary>The reference balancer against the kernel: what it says of a hundred Services, and what became of real packets under kube-proxy.</summary>
public sealed class GoldenOracleTests
{
    [Theory]
    [InlineData("iptables")]
    [InlineData("nftables")]
    public async Task Verdicts_agree_with_what_became_of_real_packets(string mode)
    {
        var cluster = await GoldenCluster.LoadOrSkipAsync(mode, TestContext.Current.CancellationToken);

        var differences = cluster.Differences(flow =>
        {
            var family = flow.Packet.Destination.Family;
            return ReferenceBalancer.Verdict(family == IpFamily.IPv4 ? cluster.IPv4 : cluster.IPv6, cluster.Rules(family), Packet(flow)).ToTraceResult();
        });

        Assert.True(differences.Count == 0, string.Join(Environment.NewLine, differences.Take(20)));
    }

    private static Packet Packet(GoldenFlow flow) =>
        new(flow.Packet.Protocol, flow.Packet.Source, flow.Packet.Destination, flow.Packet.Port, flow.Client is "node" or "localhost" ? null : flow.Client);
}
