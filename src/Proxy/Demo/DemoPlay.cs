using System.Globalization;
using System.Net;

namespace Shunt.Proxy.Demo;

/// <summary>The demo, act by act. What is shown is also checked: a demo that shows something wrong fails.</summary>
internal sealed class DemoPlay(TextWriter output, DemoCluster cluster, DemoNetwork network, TimeProvider time)
{
    private const int Requests = 60;
    private const int QuotedLength = 130;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(20);

    private readonly DemoRules _rules = new(network);
    private readonly DemoClient _client = new(network.Client, time);

    /// <summary>Plays all acts.</summary>
    /// <exception cref="DemoException">Something is not as it should be.</exception>
    public async Task RunAsync(CancellationToken ct)
    {
        Say($"""
            A node, three pods that serve and one that asks, each in a network namespace of its own:

                node    {DemoNetwork.NodeName}  {DemoNetwork.NodeAddress}
                pods    {string.Join("  ", network.Backends.Select(pod => $"{pod.Name} {pod.Address}"))}
                client  {network.Client.Address}

            and a cluster of two Services: default/web at {DemoCluster.Web}, node port {DemoCluster.WebNodePort.Port}, with three endpoints;
            default/empty at {DemoCluster.Empty}, with none.
            """);

        Title("1. The agent starts on the node");
        Say($"   shunt {string.Join(' ', DemoAgent.Arguments(cluster))}");
        await using var agent = DemoAgent.Start(network, cluster);
        var started = await WaitAsync(agent, () => IsServedAsync(ct), "the agent to serve default/web", ct);
        Quote(agent);
        Say($"   default/web answers after {Milliseconds(started)}.");

        Title($"2. {Requests} connections to the cluster IP, {DemoCluster.Web}");
        await BalanceAsync(DemoCluster.Web, 3, ct);

        Title($"3. {Requests} connections to the node port, {DemoCluster.WebNodePort}");
        await BalanceAsync(DemoCluster.WebNodePort, 3, ct);

        await RemoveEndpointAsync(agent, ct);
        await RefuseAsync(ct);
        await ListAsync(ct);
        Say("\nThe agent is stopped, and everything made for this is removed.");
    }

    /// <summary>Asks the rules before it asks the Service: a connection made too early hangs, and says nothing about the moment it works.</summary>
    private async Task<bool> IsServedAsync(CancellationToken ct) =>
        await _rules.MentionAsync(network.Backends[^1].Address.ToString(), ct) && (await _client.GetAsync(DemoCluster.Web, ct)).IsServed;

    private async Task RemoveEndpointAsync(DemoAgent agent, CancellationToken ct)
    {
        var gone = network.Backends[^1];
        Title($"4. {gone.Name} leaves: its endpoint is deleted from the EndpointSlice");
        Say($"   - {cluster.RemoveEndpoint(gone.Address).TrimStart('-', ' ')}");
        var address = gone.Address.ToString();
        var took = await WaitAsync(agent, async () => !await _rules.MentionAsync(address, ct), $"the rules to forget {address}", ct);
        Quote(agent);
        Say($"   No rule mentions it any more, {Milliseconds(took)} after the edit.");
        await BalanceAsync(DemoCluster.Web, 2, ct);
    }

    private async Task RefuseAsync(CancellationToken ct)
    {
        Title($"5. A connection to default/empty, {DemoCluster.Empty}, which has no endpoints");
        var start = time.GetTimestamp();
        var answer = await _client.GetAsync(DemoCluster.Empty, ct);
        var took = time.GetElapsedTime(start);
        if (answer != DemoAnswer.Refused) throw new DemoException($"default/empty was not refused but: {answer.Pod}");
        Say($"   refused after {Milliseconds(took)}: no client waits for a time-out.");
    }

    private async Task ListAsync(CancellationToken ct)
    {
        var (command, listing) = await _rules.ListAsync(ct);
        Title($"6. {(command.Length > 0 ? command : "The node's rules")}");
        if (listing.Length == 0) throw new DemoException("the node has no chain KUBE-SERVICES");
        foreach (var line in listing.TrimEnd().Split('\n')) Say("   " + line);
    }

    /// <summary>Sends requests, shows who answered them, and checks that all did and that it was the right ones.</summary>
    private async Task BalanceAsync(IPEndPoint to, int endpoints, CancellationToken ct)
    {
        var answers = await _client.GetManyAsync(Requests, to, ct);
        foreach (var (pod, count) in answers)
        {
            var source = count.SeenSource == network.Client.Address.ToString() ? "the client itself"
                : count.SeenSource == DemoNetwork.Gateway.ToString() ? "the node: masqueraded"
                : "";
            var bar = new string('#', count.Requests);
            Say(string.Create(CultureInfo.InvariantCulture, $"   {pod,-9} {count.Requests,3}  {bar,-40}  saw {count.SeenSource}, {source}"));
        }

        var expected = network.Backends.Take(endpoints).Select(pod => pod.Name);
        if (!answers.Keys.SequenceEqual(expected)) throw new DemoException($"expected answers from {string.Join(", ", expected)} and from nobody else");
    }

    private async Task<TimeSpan> WaitAsync(DemoAgent agent, Func<Task<bool>> condition, string what, CancellationToken ct)
    {
        var start = time.GetTimestamp();
        while (!await condition())
        {
            if (agent.HasEnded || time.GetElapsedTime(start) > Patience)
            {
                Quote(agent);
                throw new DemoException(agent.HasEnded ? "the agent has ended" : $"waited {Patience.TotalSeconds} s for {what}");
            }

            await Task.Delay(PollInterval, time, ct);
        }

        return time.GetElapsedTime(start);
    }

    private void Quote(DemoAgent agent)
    {
        foreach (var line in agent.TakeLines()) Say("   | " + (line.Length <= QuotedLength ? line : line[..(QuotedLength - 3)] + "..."));
    }

    private void Title(string text) => output.WriteLine($"\n{text}");

    private void Say(string text) => output.WriteLine(text);

    private static string Milliseconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0.#} ms");
}
