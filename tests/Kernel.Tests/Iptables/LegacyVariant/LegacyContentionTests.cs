using Shunt.Backends;
using Shunt.Model;
using Shunt.Testing.Logging;

namespace Shunt.Kernel.Tests.Iptables.LegacyVariant;

/// <summary>Others at the same tables at the same time, with the lock and without.</summary>
[Trait("needs", "root")]
public sealed class LegacyContentionTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(IpFamily.IPv4, "iptables-legacy", "10.77.{0}.{1}/32")]
    [InlineData(IpFamily.IPv6, "ip6tables-legacy", "fd00:77::{0}:{1}/128")]
    public async Task A_thousand_foreign_changes_during_syncs_are_all_there_in_the_end(IpFamily family, string program, string address)
    {
        await using var node = await LegacyNode.CreateAsync(family, Ct, services: 2);
        await node.ChangeAsync(10, Ct);
        var rule = $"POSTROUTING -s {address.Replace("{0}", "$((1 + i / 200))", StringComparison.Ordinal).Replace("{1}", "$((1 + i % 200))", StringComparison.Ordinal)} -j";

        // Adds four hundred, replaces one half by others of the same size, and takes the other half away: 400 + 2 * 200 + 200.
        var script = $"""
            set -e
            i=0; while [ $i -lt 400 ]; do {program} -w -t nat -A {rule} ACCEPT; i=$((i + 1)); done
            i=0; while [ $i -lt 400 ]; do
              printf '%s\n' '*nat' "-D {rule} ACCEPT" "-A {rule} RETURN" COMMIT | {program}-restore -w --noflush
              i=$((i + 1))
              {program} -w -t nat -D {rule} ACCEPT
              i=$((i + 1))
            done
            """;
        var foreign = node.RunAsync("sh", ["-c", script], null, Ct);
        var syncs = 0;
        for (; !foreign.IsCompleted; syncs++)
        {
            await node.ChangeAsync(2, Ct);
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, Ct); // the others need the processor too
        }

        (await foreign).EnsureSuccess();

        var kept = (await node.SaveAsync(Ct)).Where(static line => line.Contains("-A POSTROUTING -s ", StringComparison.Ordinal)).ToList();
        Assert.Equal(200, kept.Count);
        Assert.All(kept, static line => Assert.EndsWith("-j RETURN", line, StringComparison.Ordinal));
        Assert.InRange(syncs, 20, int.MaxValue);
        Assert.True((await node.Dataplane.VerifyAsync(node.Cluster.Snapshot(), Ct)).IsEmpty);
    }

    [Fact]
    public async Task A_change_without_the_lock_is_carried_over_when_it_changes_the_size()
    {
        await using var node = await LegacyNode.CreateAsync(IpFamily.IPv4, Ct);
        using var other = new LockFile();
        await node.ChangeAsync(20, Ct);

        (await node.RunAsync("env", [$"XTABLES_LOCKFILE={other.Path}", "iptables-legacy", "-t", "nat", "-A", "OUTPUT", "-p", "tcp", "-j", "RETURN"], null, Ct)).EnsureSuccess();
        await node.ChangeAsync(5, Ct);

        Assert.Contains("-A OUTPUT -p tcp -j RETURN", await node.SaveAsync(Ct));
        Assert.True((await node.Dataplane.VerifyAsync(node.Cluster.Snapshot(), Ct)).IsEmpty);
    }

    [Fact]
    public async Task A_held_lock_delays_and_the_log_says_who_holds_it()
    {
        var logger = new RecordingLogger();
        await using var node = await LegacyNode.CreateAsync(IpFamily.IPv4, Ct, logger);
        await node.ChangeAsync(5, Ct);
        using var holder = await node.Lock.HoldAsync(Ct);

        var sync = node.ChangeAsync(5, Ct);
        await WaitForAsync(() => logger.Count("sleep 300") > 0 || sync.IsCompleted);
        Assert.False(sync.IsCompleted);
        holder.Kill();
        await sync;

        Assert.Equal(1, logger.Count("Waiting for the xtables lock"));
        Assert.True((await node.Dataplane.VerifyAsync(node.Cluster.Snapshot(), Ct)).IsEmpty);
    }

    [Fact]
    public async Task A_lock_held_too_long_is_given_up_on_and_tried_again()
    {
        await using var node = await LegacyNode.CreateAsync(IpFamily.IPv4, Ct);
        await node.ChangeAsync(5, Ct);
        using var holder = await node.Lock.HoldAsync(Ct);

        var failure = await Assert.ThrowsAsync<KernelException>(() => node.ChangeAsync(5, Ct));
        holder.Kill();
        await holder.WaitForExitAsync(Ct);
        await node.SyncAsync(Ct);

        Assert.Contains("sleep 300", failure.Message, StringComparison.Ordinal);
        Assert.True((await node.Dataplane.VerifyAsync(node.Cluster.Snapshot(), Ct)).IsEmpty);
    }

    private static async Task WaitForAsync(Func<bool> condition)
    {
        while (!condition()) await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Ct);
    }
}
