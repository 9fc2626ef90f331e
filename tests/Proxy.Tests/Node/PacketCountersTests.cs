using Shunt.Backends.Iptables;
using Shunt.Netlink.Netfilter;
using Shunt.Proxy.Metrics;
using Shunt.Proxy.Node;
using Shunt.Testing;
using Shunt.Testing.Network;

namespace Shunt.Proxy.Tests.Node;

public sealed class PacketCountersTests
{
    [Fact]
    public void The_counters_are_those_the_rules_count_into()
    {
        Assert.Equal(IptablesNames.InvalidDroppedCounter, PacketCounters.InvalidDropped);
        Assert.Equal(IptablesNames.LocalhostNodePortsCounter, PacketCounters.LocalhostNodePortsAccepted);
    }

    [Fact, Trait("needs", "root")]
    public async Task A_counter_that_is_there_is_read_and_one_that_is_not_is_none()
    {
        Root.SkipUnlessAvailable();
        await using var scratch = await ScratchNamespace.CreateAsync("counters", TestContext.Current.CancellationToken);
        if (!scratch.Net.Run(static () => NfAcct.TryEnsure(PacketCounters.InvalidDropped))) Assert.Skip("this kernel has no nfnetlink_acct");

        Assert.Equal(new PacketCounts(0, null), scratch.Net.Run(PacketCounters.Read));
    }
}
