using System.Text.Json;
using Shunt.Model;
using Shunt.Testing.Tracing;

namespace Shunt.Backends.Tests.Tracing;

/// <summary>One recorded flow: <c>service: source -> protocol address:port</c>, and what became of it.</summary>
internal sealed record GoldenFlow(string Client, TracedPacket Packet)
{
    public static GoldenFlow Parse(string name)
    {
        var words = name[(name.IndexOf(": ", StringComparison.Ordinal) + 2)..].Split(' '); // source -> tcp 10.0.0.1:80
        var destination = TracedPacket.Of(Protocol.Tcp, "0.0.0.0", words[3]).Destination;
        var v6 = destination.Family == IpFamily.IPv6;
        var source = words[0] switch
        {
            "pod" => v6 ? "fd00:10:244:1::5" : "10.244.1.5",
            "self" => v6 ? "fd00:10:244:1::11" : "10.244.1.11",
            "ext" => v6 ? "2001:db8:113:ffff::2" : "203.0.113.2",
            "ext2" => v6 ? "2001:db8:bad::2" : "192.0.2.200",
            "localhost" => "127.0.0.1",
            "node" => NodeSource(destination, v6),
            _ => throw new FormatException($"no such client: {words[0]}"),
        };
        return new GoldenFlow(words[0], TracedPacket.Of(Enum.Parse<Protocol>(words[2], ignoreCase: true), source, words[3]));
    }

    public bool Agrees(TraceResult traced, JsonElement verdict)
    {
        if (verdict.ValueKind == JsonValueKind.Object)
        {
            var seen = verdict.EnumerateObject().Where(p => p.Name != "sticky").ToDictionary(p => p.Name, p => p.Value.GetString()!);
            var possible = traced.Outcomes.ToDictionary(o => o.ToString());
            var sticky = verdict.TryGetProperty("sticky", out _); // a client that stuck to one met only that one
            return (sticky || seen.Count == possible.Count)
                && seen.All(s => possible.TryGetValue(s.Key, out var o) && SameSource(s.Value, o));
        }

        // What no rule cared for met a closed port on the node, or left it; coming from outside it went out where it came in, and was lost.
        return (verdict.GetString(), traced.ToString()) is ("ESCAPED", "") or ("REJECT", "REJECT") or ("REJECT", "") or ("DROP", "DROP")
            || (verdict.GetString() == "DROP" && traced.ToString().Length == 0 && Client.StartsWith("ext", StringComparison.Ordinal));
    }

    /// <summary>A packet of the node's own may be masqueraded to the address it had.</summary>
    private bool SameSource(string seen, TraceOutcome outcome) =>
        seen == (outcome.Masqueraded ? "masq" : "kept") || (Client == "node" && outcome.Masqueraded);

    /// <summary>The kernel's choice: a packet to an own address comes from that address.</summary>
    private static string NodeSource(IpAddr destination, bool v6) => destination.ToString() switch
    {
        "192.0.2.2" or "2001:db8:2::2" => destination.ToString(),
        _ => v6 ? "fd00:c0de::2" : "198.51.100.2",
    };
}
