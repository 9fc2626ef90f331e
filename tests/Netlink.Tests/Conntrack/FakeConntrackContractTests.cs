using Shunt.Model;
using Shunt.Netlink.Conntrack;
using Shunt.Netlink.Netfilter;
using Shunt.Testing;
using Shunt.Testing.Conntrack;
using Shunt.Testing.Network;
using static Shunt.Testing.Conntrack.TrackedFlowSpec;

namespace Shunt.Netlink.Tests.Conntrack;

/// <summary>The table in memory does as the kernel's does.</summary>
public sealed class FakeConntrackContractTests
{
    private static readonly TrackedFlowSpec[] Flows =
    [
        Of(Protocol.Udp, "10.244.1.5:4000", "10.96.0.1:53", "10.244.1.11:53"),
        Of(Protocol.Udp, "10.244.1.5:4000", "10.96.0.1:53", "10.244.1.11:53") with { Zone = 7 },
        Of(Protocol.Udp, "10.244.1.5:4001", "10.96.0.1:53", "10.244.1.12:5353", "198.51.100.2:999"),
        Of(Protocol.Sctp, "10.244.1.5:4000", "10.96.0.1:53"),
        Of(Protocol.Udp, "[fd00::1]:4000", "[fd00:96::1]:53", "[fd00::2]:53"),
    ];

    [Fact, Trait("needs", "root")]
    public async Task Lists_and_deletions_are_the_same()
    {
        Root.SkipUnlessAvailable();
        await using var scratch = await ScratchNamespace.CreateAsync("ct", TestContext.Current.CancellationToken);
        KernelConntrack.Create(scratch.Net, Flows);
        using var fake = new FakeConntrack();
        fake.Create(Flows);

        var real = scratch.Net.Run(static () =>
        {
            using var table = ConntrackTable.Open();
            return Play(table);
        });

        Assert.Equal(real, Play(fake));
        Assert.Contains("deleted 1, refused None", real);
    }

    private static List<string> Play(IConntrackTable table)
    {
        var log = new List<string>();
        List(NetfilterFamily.NFPROTO_IPV4, null);
        List(NetfilterFamily.NFPROTO_IPV6, null);
        List(NetfilterFamily.NFPROTO_IPV4, 132);
        var keys = List(NetfilterFamily.NFPROTO_IPV4, 17);
        Delete(keys.Take(1));
        Delete(keys); // one of them is gone
        Delete([]);
        List(NetfilterFamily.NFPROTO_IPV4, null);
        return log;

        List<ConntrackKey> List(NetfilterFamily family, byte? protocol)
        {
            var found = new List<(string Text, ConntrackKey Key)>();
            table.Dump(family, protocol, found, static (to, entry) => to.Add((Of(entry).ToString(), entry.Key)));
            found.Sort(static (a, b) => string.CompareOrdinal(a.Text, b.Text));
            log.Add($"{family} {protocol}: {string.Join(", ", found.Select(static f => f.Text))}");
            return [.. found.Select(static f => f.Key)];
        }

        void Delete(IEnumerable<ConntrackKey> some)
        {
            var deletion = table.Delete(some.ToArray());
            log.Add($"deleted {deletion.Deleted}, refused {deletion.Refusal}");
        }
    }
}
