using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using Shunt.Model;
using Shunt.Proxy.Options;

namespace Shunt.Proxy.Cli;

/// <summary>Reads the values of flags from a parsed command line, and gathers what is wrong with them.</summary>
internal sealed class FlagReader(ParseResult parsed)
{
    /// <summary>What was wrong so far, each naming the flag and the value.</summary>
    public List<string> Errors { get; } = [];

    /// <summary>All values given for a flag, in order; empty when it was not given.</summary>
    public string[] Given(string flag) => parsed.GetValue<string[]>(flag) ?? [];

    /// <summary>The last value given, or the default.</summary>
    public string Text(string flag, string otherwise) => Given(flag) is [.., var last] ? last : otherwise;

    /// <summary>The values of a list: separated by commas, from all times it was given; empty ones are left out.</summary>
    public ImmutableArray<string> List(string flag) =>
        [.. Given(flag).SelectMany(static value => value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))];

    /// <summary>A Boolean, in the spellings Go takes.</summary>
    public bool Boolean(string flag, bool otherwise)
    {
        if (Given(flag) is not [.., var last]) return otherwise;
        if (last is "1" or "t" or "T" or "true" or "TRUE" or "True") return true;
        if (last is "0" or "f" or "F" or "false" or "FALSE" or "False") return false;
        Errors.Add($"{flag}: \"{last}\" is neither true nor false");
        return otherwise;
    }

    /// <summary>A whole number.</summary>
    public int Number(string flag, int otherwise)
    {
        if (Given(flag) is not [.., var last]) return otherwise;
        if (int.TryParse(last, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)) return number;
        Errors.Add($"{flag}: \"{last}\" is not a whole number");
        return otherwise;
    }

    /// <summary>A duration.</summary>
    public TimeSpan Duration(string flag, TimeSpan otherwise)
    {
        if (Given(flag) is not [.., var last]) return otherwise;
        if (GoDuration.TryParse(last, out var duration, out var problem)) return duration;
        Errors.Add($"{flag}: \"{last}\" {problem}");
        return otherwise;
    }

    /// <summary>An address; the default when the value is empty.</summary>
    public IpAddr Address(string flag, IpAddr otherwise)
    {
        var text = Text(flag, "");
        if (text.Length == 0) return otherwise;
        if (IpAddr.TryParse(text, out var address)) return address;
        Errors.Add($"{flag}: \"{text}\" is not an IP address");
        return otherwise;
    }

    /// <summary>A list of networks.</summary>
    public ImmutableArray<IpPrefix> Networks(string flag, IEnumerable<string> values)
    {
        var networks = ImmutableArray.CreateBuilder<IpPrefix>();
        foreach (var value in values)
        {
            if (IpPrefix.TryParse(value, out var network))
            {
                networks.Add(network);
            }
            else
            {
                Errors.Add($"{flag}: \"{value}\" is not a CIDR (like 10.100.0.0/16 or fd00:10::/48)");
            }
        }

        return networks.ToImmutable();
    }

    /// <summary>One of a few words, case-sensitive as kube-proxy's are; the first when the flag is empty or not given.</summary>
    public T Choice<T>(string flag, ReadOnlySpan<(string Word, T Value)> choices)
    {
        var text = Text(flag, "");
        if (text.Length == 0) return choices[0].Value;
        var words = new List<string>();
        foreach (var (word, value) in choices)
        {
            if (word == text) return value;
            if (word.Length > 0) words.Add(word);
        }

        Errors.Add($"{flag}: \"{text}\" is none of {string.Join(", ", words)}");
        return choices[0].Value;
    }
}
