using Shunt.Backends.Iptables;
using Shunt.Model;
using Shunt.Proxy.State;
using Shunt.Testing.Builders;
using Shunt.Testing.Iptables;
using static Shunt.Testing.Builders.Build;

namespace Shunt.Backends.Tests;

/// <summary>What the dataplane of any mode makes of reading the kernel back; over iptables in memory.</summary>
public sealed class DataplaneVerificationTests
{
    private const string ForeignRule = "-p tcp -j RETURN";

    private readonly ClusterState _cluster = ClusterStateExtensions.NewCluster();
    private readonly SnapshotBuilder _builder;
    private readonly FakeIptables _kernel = new();
    private readonly AdoptingCompiler _compiler = new(new IptablesCompiler(IptablesFixture.Options()));
    private readonly Dataplane<IptablesProgram, IptablesDelta> _dataplane;

    public DataplaneVerificationTests()
    {
        _builder = new SnapshotBuilder(IpFamily.IPv4, _cluster);
        _dataplane = new("iptables", IpFamily.IPv4, _compiler, new IptablesDiffer(), _kernel);
        _cluster.Put(
            Svc("ns/one").ClusterIp("172.30.1.1").Port(80), Slice("ns/one-1").Port(80).Endpoints("10.180.0.1"),
            Svc("ns/two").ClusterIp("172.30.1.2").Port(80), Slice("ns/two-1").Port(80).Endpoints("10.180.0.2"));
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Without_drift_what_is_remembered_stays()
    {
        var (desired, _) = await SyncAsync();

        Assert.True((await _dataplane.VerifyAsync(desired, Ct)).IsEmpty);
        _cluster.Delete(Svc("ns/two"));
        await SyncAsync();

        // The first sync and the verification read; only the first sync did not know what is there.
        Assert.Equal((2, 1), (_kernel.Reads, _compiler.Adopted.Count));
    }

    [Fact]
    public async Task After_drift_the_next_plan_is_what_the_verification_found_missing()
    {
        var (desired, _) = await SyncAsync();
        var good = _kernel.Save();
        _kernel.Restore($"*nat\n-I KUBE-SERVICES {ForeignRule}\nCOMMIT\n");
        Assert.False((await _dataplane.VerifyAsync(desired, Ct)).IsEmpty);
        var reads = _kernel.Reads;

        await SyncAsync();
        Assert.Equal(IptablesFixture.Canonical(good), IptablesFixture.Canonical(_kernel.Save()));

        // And from then on it knows again.
        _cluster.Delete(Svc("ns/two"));
        await SyncAsync();
        Assert.Equal((reads, 1), (_kernel.Reads, _compiler.Adopted.Count));
    }

    [Fact]
    public async Task When_the_cluster_has_changed_too_the_next_plan_adopts_what_was_read()
    {
        var (desired, _) = await SyncAsync();
        _kernel.Restore($"*nat\n-I KUBE-SERVICES {ForeignRule}\nCOMMIT\n");
        await _dataplane.VerifyAsync(desired, Ct);
        var reads = _kernel.Reads;
        _cluster.Delete(Svc("ns/two"));

        await SyncAsync();

        Assert.Equal((reads, 2), (_kernel.Reads, _compiler.Adopted.Count));
        var read = _compiler.Adopted[^1].Unclaimed;
        Assert.Contains(read!.Chains, static chain => Text(chain.Rules).Contains(ForeignRule, StringComparison.Ordinal));
        Assert.DoesNotContain(ForeignRule, _kernel.Save(), StringComparison.Ordinal);
        Assert.DoesNotContain("ns/two", _kernel.Save(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_repair_that_is_refused_because_the_kernel_changed_again_reads_it_again()
    {
        var (desired, _) = await SyncAsync();
        var good = _kernel.Save();
        _kernel.Restore($"*nat\n-I KUBE-SERVICES {ForeignRule}\nCOMMIT\n");
        await _dataplane.VerifyAsync(desired, Ct);
        var reads = _kernel.Reads;
        _kernel.Restore($"*nat\n-D KUBE-SERVICES {ForeignRule}\nCOMMIT\n"); // what the repair is going to delete is gone

        var (_, result) = await SyncAsync();

        Assert.Empty(result.Refused);
        Assert.Equal(reads + 1, _kernel.Reads);
        Assert.Equal(IptablesFixture.Canonical(good), IptablesFixture.Canonical(_kernel.Save()));
    }

    private static string Text(ReadOnlyMemory<byte> rules) => System.Text.Encoding.UTF8.GetString(rules.Span);

    private async Task<(DesiredState Desired, ApplyResult Result)> SyncAsync()
    {
        var desired = _builder.Build(ClusterStateExtensions.TestNode, NodePortAddresses.Everywhere);
        var plan = await _dataplane.PlanAsync(desired, Ct);
        var result = await plan.ApplyAsync(Ct);
        _builder.Commit(desired, []);
        return (desired, result);
    }

    /// <summary>Keeps what it was asked to adopt.</summary>
    private sealed class AdoptingCompiler(IptablesCompiler compiler) : ICompiler<IptablesProgram>
    {
        public List<IptablesProgram> Adopted { get; } = [];

        public IptablesProgram Compile(DesiredState desired) => compiler.Compile(desired);

        public IptablesProgram Compile(DesiredState desired, IptablesProgram previous) => compiler.Compile(desired, previous);

        public IptablesProgram Adopt(DesiredState desired, IptablesProgram existing)
        {
            Adopted.Add(existing);
            return compiler.Compile(desired);
        }
    }
}
