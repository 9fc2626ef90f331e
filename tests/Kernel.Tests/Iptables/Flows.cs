using System.Net;
using Shunt.Model;
using Shunt.Testing.Network;

namespace Shunt.Kernel.Tests.Iptables;

/// <summary>Opens flows and says in a line what became of them.</summary>
internal static class Flows
{
    /// <summary>Of two equal endpoints this many flows miss one once in a million times.</summary>
    private const int Enough = 21;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>All that was met, sorted: <c>backend-1 kept, backend-2 masqueraded</c>, <c>Reject</c>, <c>Drop</c>.</summary>
    public static async Task<string> ToAsync(ScratchNamespace from, string address, int port, Protocol protocol, CancellationToken ct, int count = Enough)
    {
        var met = await Client.ConnectManyAsync(count, from.Net, new IPEndPoint(IPAddress.Parse(address), port), protocol, null, ct);
        return string.Join(", ", met.Keys.Select(static result => result.Outcome == FlowOutcome.Answered
            ? $"{result.Server} {(result.Masqueraded ? "masqueraded" : "kept")}"
            : result.Outcome.ToString()).Distinct().Order(StringComparer.Ordinal));
    }

    /// <summary>Waits until flows meet what is expected.</summary>
    public static async Task BecomesAsync(
        string expected, ScratchNamespace from, string address, int port, Protocol protocol, CancellationToken ct, int count = Enough)
    {
        var start = TimeProvider.System.GetTimestamp();
        var met = "";
        while (TimeProvider.System.GetElapsedTime(start) < Patience)
        {
            met = await ToAsync(from, address, port, protocol, ct, count);
            if (met == expected) return;
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, ct);
        }

        Assert.Equal(expected, met);
    }
}
