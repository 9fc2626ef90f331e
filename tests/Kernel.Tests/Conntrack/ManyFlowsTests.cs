using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Shunt.Backends.Conntrack;
using Shunt.Model;
using Shunt.Netlink.Conntrack;
using Shunt.Netlink.Netfilter;
using Shunt.Testing;
using Shunt.Testing.Builders;
using Shunt.Testing.Conntrack;
using Shunt.Testing.Network;
using static Shunt.Testing.Builders.Build;

namespace Shunt.Kernel.Tests.Conntrack;

/// <summary>What a full table costs.</summary>
[Trait("needs", "root")]
public sealed class ManyFlowsTests
{
    private const int Flows = 50_000, StaleUdp = 400, StaleSctp = 100;

    [Fact]
    public async Task Fifty_thousand_flows_cost_one_dump_and_a_few_deletions()
    {
        Root.SkipUnlessAvailable();
        var max = int.Parse(await File.ReadAllTextAsync("/proc/sys/net/netfilter/nf_conntrack_max", TestContext.Current.CancellationToken), CultureInfo.InvariantCulture);
        if (max != 0 && max < 2 * Flows) Assert.Skip($"this kernel tracks {max} connections");
        await using var scratch = await ScratchNamespace.CreateAsync("many", TestContext.Current.CancellationToken);
        KernelConntrack.Create(scratch.Net, Enumerable.Range(0, Flows).Select(Flow));
        var judge = Changed().Judge(new FlowScope { NodeAddresses = new HashSet<IpAddr>() });
        var tables = new List<ConntrackTable>();

        var sweep = scratch.Net.Run(() => new ConntrackSweeper(Open, NullLogger.Instance).Sweep(IpFamily.IPv4, judge));

        Assert.Equal(new FlowSweep(FlowSweepOutcome.Done, StaleUdp + StaleSctp), sweep);
        Assert.Equal(1 + 4, Assert.Single(tables).Sent); // the dump, and 500 deletions, 128 at once
        var left = KernelConntrack.List(scratch.Net, NetfilterFamily.NFPROTO_IPV4);
        Assert.Equal(Flows - StaleUdp - StaleSctp, left.Count);
        Assert.DoesNotContain(left, static flow => flow.By.Address.ToString() == "10.244.1.2");

        ConntrackTable Open()
        {
            tables.Add(ConntrackTable.Open());
            return tables[^1];
        }
    }

    /// <summary>The stale ones come first; behind them flows of the same Service, of others, and out of the cluster.</summary>
    private static TrackedFlowSpec Flow(int i)
    {
        var from = $"10.{i >> 16}.{i >> 8 & 255}.{i & 255}:40000";
        if (i < StaleUdp) return TrackedFlowSpec.Of(Protocol.Udp, from, "10.96.0.1:53", "10.244.1.2:53");
        if (i < StaleUdp + StaleSctp) return TrackedFlowSpec.Of(Protocol.Sctp, from, "10.96.0.1:53", "10.244.1.2:53");
        return (i % 3) switch
        {
            0 => TrackedFlowSpec.Of(Protocol.Udp, from, "10.96.0.1:53", "10.244.1.1:53"),
            1 => TrackedFlowSpec.Of(Protocol.Udp, from, "203.0.113.80:53"),
            _ => TrackedFlowSpec.Of(Protocol.Sctp, from, "10.96.0.2:53", "10.244.1.1:53"),
        };
    }

    /// <summary>Of two endpoints of a Service with a UDP and an SCTP port one has gone.</summary>
    private static StaleFlows Changed()
    {
        var cluster = ClusterStateExtensions.NewCluster().Put(
            Svc("ns/dns").ClusterIp("10.96.0.1").Port(53, "u", Protocol.Udp).Port(53, "s", Protocol.Sctp).Object,
            Slice("ns/dns-1").Port(53, "u", Protocol.Udp).Port(53, "s", Protocol.Sctp).Endpoints("10.244.1.1", "10.244.1.2").Object);
        var before = cluster.Snapshot().Services;
        var after = cluster.Put(Slice("ns/dns-1").Port(53, "u", Protocol.Udp).Port(53, "s", Protocol.Sctp).Endpoints("10.244.1.1").Object).Snapshot().Services;
        var flows = new StaleFlows();
        flows.Restart(before);
        flows.Swept();
        foreach (var name in before.Keys) flows.Replace(before[name], after[name]);
        return flows;
    }
}
