using System.Globalization;
using Shunt.Backends.Iptables;
using Shunt.Model;
using Shunt.Proxy.State;
using Shunt.Testing.Builders;
using Shunt.Testing.Iptables;
using static Shunt.Testing.Builders.Build;

namespace Shunt.Backends.Tests.Iptables;

/// <summary>The dataplane over a kernel that fails, refuses, and is changed by others.</summary>
public sealed class IptablesDataplaneTests
{
    private readonly ClusterState _cluster = ClusterStateExtensions.NewCluster();
    private readonly SnapshotBuilder _builder;
    private readonly FakeIptables _kernel = new();
    private readonly Dataplane<IptablesProgram, IptablesDelta> _dataplane;

    public IptablesDataplaneTests()
    {
        _builder = new SnapshotBuilder(IpFamily.IPv4, _cluster);
        _dataplane = IptablesFixture.Dataplane(_kernel, IptablesFixture.Options());
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task After_success_the_kernel_is_not_read_again()
    {
        PutService(1);
        await SyncAsync();
        PutService(2);
        await SyncAsync();

        Assert.Equal(1, _kernel.Reads);
    }

    // 07 row 127
    [Fact]
    public async Task After_a_failure_nothing_is_remembered_and_nothing_is_lost()
    {
        PutService(1);
        await SyncAsync();
        PutService(2);
        _kernel.FailAfter = 0;
        await Assert.ThrowsAsync<KernelException>(SyncAsync);
        Assert.DoesNotContain("ns/svc-2", _kernel.Save(), StringComparison.Ordinal);

        await SyncAsync();

        Assert.Equal(2, _kernel.Reads);
        Assert.Contains("ns/svc-2", _kernel.Save(), StringComparison.Ordinal);
        AssertAsFresh();
    }

    [Fact]
    public async Task An_empty_plan_writes_nothing()
    {
        PutService(1);
        await SyncAsync();
        var writes = _kernel.Writes;

        var (plan, result) = await SyncAsync();

        Assert.True(plan.IsEmpty);
        Assert.Equal(0, result.BytesSent);
        Assert.Equal(writes, _kernel.Writes);
    }

    [Fact]
    public async Task Rules_that_somebody_removed_are_repaired_in_the_same_sync_and_nobody_is_blamed()
    {
        PutService(1);
        PutService(2);
        await SyncAsync();
        var save = _kernel.Save();
        var gone = save.Split('\n').Single(static line => line.StartsWith("-A KUBE-SERVICES", StringComparison.Ordinal) && line.Contains("ns/svc-1", StringComparison.Ordinal));
        _kernel.Restore($"*nat\n-D{gone[2..]}\nCOMMIT\n");

        _cluster.Delete(Svc("ns/svc-1"));
        PutService(3);
        var (_, result) = await SyncAsync();

        Assert.Empty(result.Refused);
        Assert.Equal(2, _kernel.Reads);
        AssertAsFresh();
    }

    [Fact]
    public async Task A_chain_that_somebody_flushed_is_repaired_when_a_change_to_it_is_refused()
    {
        PutService(1, "10.180.0.1", "10.180.0.2", "10.180.0.3");
        PutService(2);
        await SyncAsync();
        var chain = _kernel.Save().Split('\n').First(static line => line.StartsWith("-A KUBE-SVC", StringComparison.Ordinal) && line.Contains("ns/svc-1", StringComparison.Ordinal)).Split(' ')[1];
        _kernel.Restore($"*nat\n:{chain} - [0:0]\nCOMMIT\n");

        PutService(1, "10.180.0.1", "10.180.0.2", "10.180.0.4");
        var (_, result) = await SyncAsync();

        Assert.Empty(result.Refused);
        AssertAsFresh();
    }

    [Fact]
    public async Task The_culprit_among_many_is_found_and_the_others_are_written()
    {
        for (var i = 1; i <= 50; i++) PutService(i);
        _kernel.Refuses = static line => line.Contains("ns/svc-17 ", StringComparison.Ordinal);

        var (_, result) = await SyncAsync();

        var refusal = Assert.Single(result.Refused);
        Assert.Equal("ns/svc-17", refusal.Service.ToString());
        Assert.Contains("svc-17", refusal.Reason, StringComparison.Ordinal);
        for (var i = 1; i <= 50; i++) Assert.Equal(i != 17, _kernel.Save().Contains($"\"ns/svc-{i} cluster IP\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task When_what_all_share_is_refused_no_service_is_blamed()
    {
        PutService(1);
        _kernel.Refuses = static line => line.Contains("KUBE-MARK-MASQ -j MARK", StringComparison.Ordinal);

        var failure = await Assert.ThrowsAsync<KernelException>(SyncAsync);

        Assert.Contains("KUBE-MARK-MASQ", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(64, false)]
    [InlineData(65, true)]
    public async Task With_more_than_64_refusals_it_is_the_kernel_that_is_wrong(int refused, bool throws)
    {
        for (var i = 1; i <= 80; i++) PutService(i);
        var bad = Enumerable.Range(1, refused).Select(static i => $"ns/svc-{i} ").ToList();
        _kernel.Refuses = line => bad.Exists(name => line.Contains(name, StringComparison.Ordinal));

        if (throws)
        {
            var failure = await Assert.ThrowsAsync<KernelException>(SyncAsync);
            Assert.StartsWith("more than 64 service ports were refused", failure.Message, StringComparison.Ordinal);
        }
        else
        {
            Assert.Equal(refused, (await SyncAsync()).Result.Refused.Length);
        }
    }

    [Fact]
    public async Task A_flush_is_noticed_and_repaired()
    {
        PutService(1);
        await SyncAsync();
        Assert.True(await _dataplane.IsIntactAsync(Ct));
        _kernel.Flush("nat");

        Assert.False(await _dataplane.IsIntactAsync(Ct));
        await SyncAsync();

        AssertAsFresh();
    }

    [Fact]
    public async Task Drift_is_told_by_service_port_and_repaired_by_the_next_sync()
    {
        PutService(1);
        PutService(2);
        await SyncAsync();
        var desired = Snapshot();
        Assert.True((await _dataplane.VerifyAsync(desired, Ct)).IsEmpty);
        _kernel.Restore("*nat\n-I KUBE-SERVICES -p tcp -j RETURN\nCOMMIT\n");

        var drift = await _dataplane.VerifyAsync(desired, Ct);

        Assert.EndsWith("KUBE-SERVICES -p tcp -j RETURN", Assert.Single(Assert.Single(drift.Changes).Removed), StringComparison.Ordinal);
        await SyncAsync();
        AssertAsFresh();
    }

    // 07 row 143
    [Fact]
    public async Task Cleanup_takes_what_is_ours_and_leaves_the_rest()
    {
        const string foreign = """
            *mangle
            :KUBE-IPTABLES-HINT - [0:0]
            :KUBE-KUBELET-CANARY - [0:0]
            COMMIT
            *nat
            :KUBE-KUBELET-CANARY - [0:0]
            :KUBE-ROUTER-X - [0:0]
            -A POSTROUTING -s 10.0.0.0/8 -j MASQUERADE
            -A KUBE-ROUTER-X -j RETURN
            -A PREROUTING -m comment --comment "not -j KUBE-SERVICES at all" -j KUBE-ROUTER-X
            COMMIT
            *filter
            :KUBE-FIREWALL - [0:0]
            :KUBE-KUBELET-CANARY - [0:0]
            -A INPUT -j KUBE-FIREWALL
            -A OUTPUT -j KUBE-FIREWALL
            -A FORWARD -p tcp -j ACCEPT
            COMMIT

            """;
        _kernel.Restore(foreign);
        var before = _kernel.Save();
        _cluster.Put(
            Svc("ns/lb").ClusterIp("172.30.0.9").Port(80).NodePort(30001).LoadBalancer("1.2.3.4").SourceRanges("10.0.0.0/8").Sticky().ExternalLocal(30002),
            Slice("ns/lb-1").Port(80).Endpoint("10.180.0.1", "test-node"));
        PutService(1);
        await SyncAsync();

        await _dataplane.CleanupAsync(Ct);

        const string firewall = "-A KUBE-FIREWALL ! -s 127.0.0.0/8 -d 127.0.0.0/8 -m comment --comment \"block incoming localnet connections\" -m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP\n";
        Assert.Contains(firewall, _kernel.Save(), StringComparison.Ordinal);
        Assert.Equal(before, _kernel.Save().Replace(firewall, "", StringComparison.Ordinal));
    }

    // 07 row 139
    [Fact]
    public async Task In_a_large_cluster_new_endpoint_rules_go_uncommented_and_old_ones_stay_as_they_are()
    {
        PutService(1, Addresses(1, 499));
        PutService(2, Addresses(2, 499));
        await SyncAsync();
        Assert.Equal(998 * 3, Commented(_kernel.Save()));

        PutService(3, Addresses(3, 3));
        await SyncAsync();
        Assert.Equal(998 * 3, Commented(_kernel.Save()));
        Assert.Contains("--to-destination 10.3.0.1:80", _kernel.Save(), StringComparison.Ordinal);
        Assert.DoesNotContain("-> 10.3.0.1:80", _kernel.Save(), StringComparison.Ordinal);

        // A restart reads the commented rules, and rewrites none of them.
        var restarted = IptablesFixture.Dataplane(_kernel, IptablesFixture.Options());
        Assert.True((await restarted.PlanAsync(Snapshot(), Ct)).IsEmpty);

        // Back below the limit, what changes has comments again.
        _cluster.Delete(Svc("ns/svc-2"));
        PutService(3, Addresses(3, 4));
        await SyncAsync();
        Assert.Contains("-> 10.3.0.4:80", _kernel.Save(), StringComparison.Ordinal);
    }

    // 07 row 117
    [Theory]
    [InlineData(1, 1)]
    [InlineData(10, 3)]
    [InlineData(40, 20)]
    public async Task Rules_grow_with_services_and_endpoints_and_nothing_else(int services, int endpoints)
    {
        await SyncAsync();
        var (filter, nat) = CountRules();
        for (var i = 1; i <= services; i++) PutService(i, Addresses(i, endpoints));
        await SyncAsync();

        var (filterAfter, natAfter) = CountRules();

        // For each Service one rule that leads to it and one that masquerades; for each endpoint one that chooses it and two that go there.
        Assert.Equal(filter, filterAfter);
        Assert.Equal(nat + services * (2 + 3 * endpoints), natAfter);
    }

    private static string[] Addresses(int network, int count) =>
        [.. Enumerable.Range(0, count).Select(i => string.Create(CultureInfo.InvariantCulture, $"10.{network}.{i / 200}.{i % 200 + 1}"))];

    private static int Commented(string save) => save.Split('\n').Count(static line =>
        (line.StartsWith("-A KUBE-SEP", StringComparison.Ordinal) && line.Contains("--comment", StringComparison.Ordinal)) || line.Contains(" -> ", StringComparison.Ordinal));

    private (int Filter, int Nat) CountRules()
    {
        var save = _kernel.Save();
        var nat = save.IndexOf("*nat", StringComparison.Ordinal);
        return (save[..nat].Split('\n').Count(static line => line.StartsWith("-A", StringComparison.Ordinal)), save[nat..].Split('\n').Count(static line => line.StartsWith("-A", StringComparison.Ordinal)));
    }

    private void PutService(int number, params string[] endpoints) => _cluster.Put(
        Svc($"ns/svc-{number}").ClusterIp($"172.30.1.{number}").Port(80),
        Slice($"ns/svc-{number}-1").Port(80).Endpoints(endpoints.Length == 0 ? [$"10.180.9.{number}"] : endpoints));

    private DesiredState Snapshot() => new SnapshotBuilder(IpFamily.IPv4, _cluster).Build(ClusterStateExtensions.TestNode, NodePortAddresses.Everywhere);

    private async Task<(Plan Plan, ApplyResult Result)> SyncAsync()
    {
        var desired = _builder.Build(ClusterStateExtensions.TestNode, NodePortAddresses.Everywhere);
        var plan = await _dataplane.PlanAsync(desired, Ct);
        var result = await plan.ApplyAsync(Ct);
        _builder.Commit(desired, [.. result.Refused.Select(static refusal => refusal.Service)]);
        return (plan, result);
    }

    private void AssertAsFresh()
    {
        var fresh = new FakeIptables();
        fresh.Restore(IptablesFixture.Text(new IptablesCompiler(IptablesFixture.Options()).Compile(Snapshot())));
        Assert.Equal(IptablesFixture.Canonical(fresh.Save()), IptablesFixture.Canonical(_kernel.Save()));
    }
}
