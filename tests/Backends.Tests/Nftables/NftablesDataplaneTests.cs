using Shunt.Backends.Nftables;
using Shunt.Model;
using Shunt.Testing.Nftables;

namespace Shunt.Backends.Tests.Nftables;

/// <summary>What a change costs, in what order it is made, and what a refusal costs.</summary>
public sealed class NftablesDataplaneTests
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    private readonly FakeNftables _kernel = new();
    private readonly Dataplane<NftablesProgram, NftablesDelta> _dataplane;
    private readonly ServiceScript _cluster = new();

    public NftablesDataplaneTests() => _dataplane = NftablesFixture.Dataplane(_kernel, NftablesFixture.Options());

    [Fact]
    public async Task A_new_service_costs_its_elements_and_no_rule()
    {
        await SyncAsync();
        _cluster.Set("ns/web", "10.96.0.10", 80, "10.0.0.1", "10.0.0.2");

        Assert.Equal(
            [
                "+ cluster-ips { 10.96.0.10 }",
                "+ internal { 10.96.0.10 . tcp . 80 comment \"ns/web:http\" : e000:2 }",
                "+ endpoints { 10.96.0.10 . tcp . 80 . 0 : 10.0.0.1 . 8080 }",
                "+ endpoints { 10.96.0.10 . tcp . 80 . 1 : 10.0.0.2 . 8080 }",
            ],
            await SyncAsync());
    }

    [Fact]
    public async Task An_endpoint_that_comes_costs_two_elements_whatever_the_number_of_others()
    {
        _cluster.Set("ns/web", "10.96.0.10", 80, [.. Enumerable.Range(1, 50).Select(static i => $"10.0.0.{i}")]);
        await SyncAsync();
        _cluster.Set("ns/web", "10.96.0.10", 80, [.. Enumerable.Range(1, 51).Select(static i => $"10.0.0.{i}")]);

        var changes = await SyncAsync();

        Assert.Contains("+ chain pick-many-endpoints { meta priority e000:33 meta priority set none dnat ip to ip daddr . meta l4proto . th dport . numgen random mod 51 map @endpoints }", changes);
        Assert.Equal(["+ internal { 10.96.0.10 . tcp . 80 comment \"ns/web:http\" : e000:33 }", "+ endpoints { 10.96.0.10 . tcp . 80 . 50 : 10.0.0.51 . 8080 }", "- internal { 10.96.0.10 . tcp . 80 comment \"ns/web:http\" : e000:32 }"], changes.Where(static line => !line.Contains("chain", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task An_endpoint_that_goes_leaves_the_others_where_they_are()
    {
        _cluster.Set("ns/web", "10.96.0.10", 80, "10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4");
        await SyncAsync();
        _cluster.Set("ns/web", "10.96.0.10", 80, "10.0.0.1", "10.0.0.3", "10.0.0.4");

        Assert.Equal(
            [
                "+ internal { 10.96.0.10 . tcp . 80 comment \"ns/web:http\" : e000:3 }",
                "+ endpoints { 10.96.0.10 . tcp . 80 . 1 : 10.0.0.4 . 8080 }",
                "- internal { 10.96.0.10 . tcp . 80 comment \"ns/web:http\" : e000:4 }",
                "- endpoints { 10.96.0.10 . tcp . 80 . 1 : 10.0.0.2 . 8080 }",
                "- endpoints { 10.96.0.10 . tcp . 80 . 3 : 10.0.0.4 . 8080 }",
            ],
            await SyncAsync());
    }

    [Fact]
    public async Task What_goes_is_deleted_in_a_transaction_of_its_own_behind_what_comes()
    {
        _cluster.Set("ns/web", "10.96.0.10", 80, "10.0.0.1", "10.0.0.2");
        await SyncAsync();
        _cluster.Set("ns/web", "10.96.0.10", 80, "10.0.0.1");
        var states = new List<IReadOnlyList<string>>();
        _kernel.Committed = () => states.Add(_kernel.Meaning(IpFamily.IPv4));

        await SyncAsync();

        Assert.Contains("dangling: endpoints { 10.96.0.10 . tcp . 80 . 1 : 10.0.0.2 . 8080 }", states[0]); // for packets that still count two
        Assert.DoesNotContain(states[^1], static line => line.StartsWith("dangling", StringComparison.Ordinal));
    }

    [Fact]
    public async Task No_change_sends_nothing()
    {
        _cluster.Set("ns/web", "10.96.0.10", 80, "10.0.0.1");
        await SyncAsync();
        var before = _kernel.Transactions;

        Assert.Empty(await SyncAsync());
        Assert.Equal(before, _kernel.Transactions);
    }

    [Fact]
    public async Task A_frontend_that_two_want_is_the_first_ones_and_goes_to_the_other_when_it_is_free()
    {
        _cluster.Set("ns/b", "10.96.0.10", 80, "10.0.0.2");
        await SyncAsync();
        _cluster.Set("ns/a", "10.96.0.10", 80, "10.0.0.1");
        await SyncAsync();
        Assert.Contains("internal { 10.96.0.10 . tcp . 80 comment \"ns/a:http\" } -> 10.0.0.1 8080", _kernel.Meaning(IpFamily.IPv4));

        _cluster.Remove("ns/a");
        await SyncAsync();

        Assert.Contains("internal { 10.96.0.10 . tcp . 80 comment \"ns/b:http\" } -> 10.0.0.2 8080", _kernel.Meaning(IpFamily.IPv4));
    }

    [Fact]
    public async Task A_cluster_IP_stays_as_long_as_one_port_has_it()
    {
        _cluster.Set("ns/a", "10.96.0.10", 80, "10.0.0.1");
        _cluster.Set("ns/b", "10.96.0.10", 81, "10.0.0.1");
        await SyncAsync();

        _cluster.Remove("ns/a");
        Assert.DoesNotContain("- cluster-ips { 10.96.0.10 }", await SyncAsync());
        _cluster.Remove("ns/b");
        Assert.Contains("- cluster-ips { 10.96.0.10 }", await SyncAsync());
    }

    [Fact]
    public async Task Two_ports_that_go_together_delete_their_cluster_IP_once()
    {
        _cluster.Set("ns/a", "10.96.0.10", 80, "10.0.0.1");
        _cluster.Set("ns/b", "10.96.0.10", 81, "10.0.0.1");
        await SyncAsync();

        _cluster.Remove("ns/a");
        _cluster.Remove("ns/b");

        Assert.Single(await SyncAsync(), "- cluster-ips { 10.96.0.10 }");
    }

    [Fact]
    public async Task A_frontend_that_changes_hands_in_one_sync_is_replaced()
    {
        _cluster.Set("ns/a", "10.96.0.10", 80, "10.0.0.1");
        await SyncAsync();
        _cluster.Remove("ns/a");
        _cluster.Set("ns/c", "10.96.0.10", 80, "10.0.0.3", "10.0.0.4");

        await SyncAsync();

        Assert.Contains("internal { 10.96.0.10 . tcp . 80 comment \"ns/c:http\" } -> 10.0.0.3 8080, 10.0.0.4 8080", _kernel.Meaning(IpFamily.IPv4));
    }

    [Fact]
    public async Task A_refused_service_port_costs_nobody_else_and_comes_when_it_is_taken()
    {
        _kernel.Refuses = "ns/bad:http";
        _cluster.Set("ns/bad", "10.96.0.10", 80, "10.0.0.1");
        _cluster.Set("ns/good", "10.96.0.11", 80, "10.0.0.2");
        var state = _cluster.Snapshot();

        var result = await (await _dataplane.PlanAsync(state, Ct)).ApplyAsync(Ct);

        Assert.Equal("ns/bad:http", Assert.Single(result.Refused).Service.ToString());
        Assert.Contains("internal { 10.96.0.11 . tcp . 80 comment \"ns/good:http\" } -> 10.0.0.2 8080", _kernel.Meaning(IpFamily.IPv4));
        Assert.True((await _dataplane.VerifyAsync(state, Ct)).IsEmpty);

        _kernel.Refuses = "";
        _cluster.Touch("ns/bad");
        await SyncAsync();
        Assert.Contains("internal { 10.96.0.10 . tcp . 80 comment \"ns/bad:http\" } -> 10.0.0.1 8080", _kernel.Meaning(IpFamily.IPv4));
    }

    [Fact]
    public async Task DNS_and_the_API_server_come_first()
    {
        _cluster.Set("aaa/web", "10.96.0.10", 80, "10.0.0.1");
        _cluster.Set("default/kubernetes", "10.96.0.1", 443, "10.0.0.2");
        _cluster.Set("kube-system/kube-dns", "10.96.0.53", 53, "10.0.0.3");

        var plan = await _dataplane.PlanAsync(_cluster.Snapshot(), Ct);

        Assert.Equal(["", "default/kubernetes:http/TCP", "kube-system/kube-dns:http/TCP", "aaa/web:http/TCP"], plan.Changes.Select(static change => change.Service));
    }

    [Fact]
    public async Task Drift_is_repaired_from_what_was_just_read()
    {
        _cluster.Set("ns/web", "10.96.0.10", 80, "10.0.0.1");
        await SyncAsync();
        await _kernel.CleanupAsync(Ct);
        var state = _cluster.Snapshot();
        var reads = _kernel.Reads;

        Assert.False((await _dataplane.VerifyAsync(state, Ct)).IsEmpty);
        await (await _dataplane.PlanAsync(state, Ct)).ApplyAsync(Ct);

        Assert.Equal(reads + 1, _kernel.Reads);
        Assert.True((await _dataplane.VerifyAsync(state, Ct)).IsEmpty);
    }

    private async Task<IReadOnlyList<string>> SyncAsync()
    {
        var state = _cluster.Snapshot();
        var plan = await _dataplane.PlanAsync(state, Ct);
        var lines = plan.Changes.SelectMany(static change => change.Added.Select(static line => "+ " + line).Concat(change.Removed.Select(static line => "- " + line))).ToList();
        var result = await plan.ApplyAsync(Ct);
        Assert.Empty(result.Refused);
        _cluster.Commit(state);
        return lines;
    }
}
