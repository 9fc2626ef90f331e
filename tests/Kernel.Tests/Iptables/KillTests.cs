using System.Net;
using Shunt.Model;
using Shunt.Testing;
using Shunt.Testing.Agent;
using Shunt.Testing.Network;

namespace Shunt.Kernel.Tests.Iptables;

/// <summary>Agents that are killed while they write.</summary>
[Trait("needs", "root")]
public sealed class KillTests
{
    private const int Kills = 25; // for each variant
    private const int Services = 20;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("nft")]
    [InlineData("legacy")]
    [InlineData("nftables")]
    public async Task Killed_at_any_moment_it_converges_and_other_services_never_fail(string variant)
    {
        if (variant == "nftables") Root.SkipUnlessAvailable();
        else Root.SkipUnlessAvailable($"iptables-{variant}");
        await using var world = await NetworkNamespaces.CreateAsync(backends: 1, Ct);
        await using var server = EchoServer.Start(world.Backends[0], 8080, Protocol.Tcp);
        using var manifests = new Manifests();
        manifests.Write("steady", Manifests.Service("steady", "10.96.0.1"), Manifests.Slice("steady", "TCP", world.Backends[0].V4.ToString()));
        (await ShuntAgent.RunAsync(world.Node, ["run", "--once", .. manifests.Flags(variant)], Ct)).EnsureSuccess();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var requests = RequestAsync(world, stop.Token);

        var seed = Random.Shared.Next();
        var random = new Random(seed);
        for (var i = 0; i < Kills; i++)
        {
            Change(manifests, random);
            await using var agent = ShuntAgent.Start(world.Node, ["run", "--iptables-min-sync-period", "10ms", .. manifests.Flags(variant)]);
            await agent.WaitForAsync($"Using {(variant == "nftables" ? variant : "iptables")} Proxier", Ct);
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(250)), TimeProvider.System, Ct);
            await agent.KillAsync();
        }

        (await ShuntAgent.RunAsync(world.Node, ["run", "--once", .. manifests.Flags(variant)], Ct)).EnsureSuccess();
        var plan = await ShuntAgent.RunAsync(world.Node, ["plan", .. manifests.Flags(variant)], Ct);
        await stop.CancelAsync();
        var (count, failures) = await requests;

        Assert.True(plan.ExitCode == 0, $"seed {seed}: {plan.Output}");
        Assert.True(failures.Count == 0, $"seed {seed}: {failures.Count} of {count} requests failed: {string.Join(", ", failures.Distinct())}");
        Assert.True(count > Kills, $"only {count} requests");
    }

    /// <summary>New endpoints for some Services, none for others, and some that come or go.</summary>
    private static void Change(Manifests manifests, Random random)
    {
        for (var i = 2; i < Services; i++)
        {
            var name = $"busy-{i}";
            if (random.Next(4) == 0) manifests.Delete(name);
            else
                manifests.Write(
                    name,
                    Manifests.Service(name, $"10.96.0.{i}", "TCP", "type: NodePort", 30000 + i),
                    Manifests.Slice(name, "TCP", Enumerable.Range(0, random.Next(8)).Select(_ => $"10.244.3.{random.Next(1, 200)}").Distinct()));
        }
    }

    private static async Task<(int Count, List<string> Failures)> RequestAsync(NetworkNamespaces world, CancellationToken ct)
    {
        var failures = new List<string>();
        var count = 0;
        try
        {
            for (; !ct.IsCancellationRequested; count++)
            {
                var result = await Client.ConnectAsync(world.Pod.Namespace.Net, new IPEndPoint(IPAddress.Parse("10.96.0.1"), 80), Protocol.Tcp, null, ct);
                if (result.Server != "backend-1" || result.Masqueraded) failures.Add(result.ToString());
                await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, ct);
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // The end of the test.
        }

        return (count, failures);
    }
}
