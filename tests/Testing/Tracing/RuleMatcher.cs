using System.Globalization;
using Shunt.Model;

namespace Shunt.Testing.Tracing;

/// <summary>Decides whether the conditions of a rule hold for a packet.</summary>
internal sealed class RuleMatcher(IReadOnlySet<IpAddr> nodeAddresses, IReadOnlySet<string> remembered)
{
    public Certainty Matches(IptablesRule rule, TracedPacket packet, TraceState state)
    {
        var certainty = Certainty.Always;
        foreach (var match in rule.Matches)
        {
            var one = Matches(rule, match, packet, state);
            if (match.Negated) one = Certainty.Always - (int)one;
            if (one < certainty) certainty = one;
        }

        return certainty;
    }

    /// <summary>Reads <c>value/mask</c> or a value alone, in hexadecimal or decimal.</summary>
    public static (uint Value, uint Mask) ParseMark(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? (ParseNumber(text), uint.MaxValue) : (ParseNumber(text[..slash]), ParseNumber(text[(slash + 1)..]));
    }

    private Certainty Matches(IptablesRule rule, RuleMatch match, TracedPacket packet, TraceState state) => match.Option switch
    {
        "-s" => Known(Contains(match.Value, packet.Source)),
        "-d" => Known(Contains(match.Value, state.Destination)),
        "-p" => Known(match.Value.Equals(packet.Protocol.ToString(), StringComparison.OrdinalIgnoreCase)),
        "--dport" => Known(ushort.Parse(match.Value, CultureInfo.InvariantCulture) == state.Port),
        "-i" => Known(InterfaceMatches(match.Value, packet.InInterface)),
        "--ctstate" => Known(StateMatches(match.Value, packet, state)),
        "--mark" => Known(MarkMatches(match.Value, state.Mark)),
        "--dst-type" => Known(IsOfType(match.Value, state.Destination, rule)),
        "--src-type" => Known(IsOfType(match.Value, packet.Source, rule)),
        "--probability" => double.Parse(match.Value, CultureInfo.InvariantCulture) >= 1 ? Certainty.Always : Certainty.Sometimes,
        "--rcheck" => Known(remembered.Contains(rule.Matches.Single(m => m.Option == "--name").Value)),
        "--comment" or "--mode" or "--name" or "--seconds" or "--mask" or "--nfacct-name" => Certainty.Always,
        "--set" or "--reap" or "--rsource" => Certainty.Always,
        _ => throw new FormatException($"the tracer cannot decide \"{match.Option}\": {rule.Text}"),
    };

    private bool IsOfType(string type, IpAddr address, IptablesRule rule) => type == "LOCAL"
        ? address.IsLoopback || nodeAddresses.Contains(address)
        : throw new FormatException($"the tracer does not know the address type {type}: {rule.Text}");

    private static bool Contains(string network, IpAddr address) => network.Contains('/', StringComparison.Ordinal)
        ? IpPrefix.Parse(network).Contains(address)
        : IpAddr.Parse(network) == address;

    private static bool InterfaceMatches(string pattern, string name) =>
        pattern.EndsWith('+') ? name.StartsWith(pattern[..^1], StringComparison.Ordinal) : name == pattern;

    private static bool StateMatches(string states, TracedPacket packet, TraceState state)
    {
        var wanted = states.Split(',');
        return wanted.Contains(packet.ConntrackState) || (state.Translated && wanted.Contains("DNAT"));
    }

    private static bool MarkMatches(string text, uint mark)
    {
        var (value, mask) = ParseMark(text);
        return (mark & mask) == value;
    }

    private static uint ParseNumber(string text) => text.StartsWith("0x", StringComparison.Ordinal)
        ? uint.Parse(text.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture)
        : uint.Parse(text, CultureInfo.InvariantCulture);

    private static Certainty Known(bool matches) => matches ? Certainty.Always : Certainty.Never;
}
