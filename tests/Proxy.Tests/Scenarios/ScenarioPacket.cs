using Shunt.Model;
using Shunt.Proxy.Options;
using Shunt.Testing.Tracing;

namespace Shunt.Proxy.Tests.Scenarios;

/// <summary>A packet and what must become of it: <c>[udp] source -> address:port => verdict</c>, and where it differs <c>/ nftables: verdict</c>.</summary>
/// <param name="Name">What the file calls it; begins with its row.</param>
/// <param name="Traced">The packet.</param>
/// <param name="Verdict">The verdict, in the words of <see cref="TraceResult.ToString"/>; <c>unhandled</c> for nothing.</param>
/// <param name="NftablesVerdict">The verdict in nftables mode.</param>
internal sealed record ScenarioPacket(string Name, TracedPacket Traced, string Verdict, string NftablesVerdict)
{
    public static ScenarioPacket Parse(string name, string text)
    {
        var words = text.Split(' ', 2);
        var hasProtocol = Enum.TryParse<Protocol>(words[0], ignoreCase: true, out var protocol) && !char.IsDigit(words[0][0]);
        var sides = (hasProtocol ? words[1] : text).Split(" => ");
        var ends = sides[0].Split(" -> ");
        var verdicts = sides[1].Split(" / nftables: ");
        return new ScenarioPacket(name, TracedPacket.Of(hasProtocol ? protocol : Protocol.Tcp, ends[0], ends[1]), verdicts[0], verdicts[^1]);
    }

    /// <summary>What must become of it.</summary>
    public string Expected(ProxyMode mode) => (mode == ProxyMode.Nftables ? NftablesVerdict : Verdict) is var verdict and not "unhandled" ? verdict : "";

    /// <summary>The packet as the reference balancer takes it.</summary>
    public Packet Packet(TrafficRules rules) =>
        new(Traced.Protocol, Traced.Source, Traced.Destination, Traced.Port, rules.IsLocal(Traced.Source) ? null : "eth0");
}
