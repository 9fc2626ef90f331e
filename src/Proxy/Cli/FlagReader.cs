using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using Shunt.Model;
using Shunt.Proxy.Options;
using Shunt.Proxy.Options.Configuration;

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
        if (TryBoolean(last, out var value)) return value;
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

    /// <summary>A whole number that is not negative.</summary>
    public uint Unsigned(string flag, uint otherwise)
    {
        if (Given(flag) is not [.., var last]) return otherwise;
        if (int.TryParse(last, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return (uint)number;
        Errors.Add($"{flag}: \"{last}\" is not a whole number from 0 on");
        return otherwise;
    }

    /// <summary>A number with decimals.</summary>
    public float Decimal(string flag, float otherwise)
    {
        if (Given(flag) is not [.., var last]) return otherwise;
        if (float.TryParse(last, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && float.IsFinite(number)) return number;
        Errors.Add($"{flag}: \"{last}\" is not a number");
        return otherwise;
    }

    /// <summary>A size in bytes, as its text.</summary>
    public string Size(string flag, string otherwise)
    {
        if (Given(flag) is not [.., var last]) return otherwise;
        if (Quantity.TryParse(last, out _)) return last;
        Errors.Add($"{flag}: \"{last}\" is not a quantity (like 512, 64Ki or 1M)");
        return otherwise;
    }

    /// <summary>An address, as its text; the default when the value is empty, as with kube-proxy.</summary>
    public string Address(string flag, string otherwise)
    {
        var text = LastWithContent(flag);
        if (text.Length == 0) return otherwise;
        if (IpAddr.TryParse(text, out _)) return text;
        Errors.Add($"{flag}: \"{text}\" is not an IP address");
        return otherwise;
    }

    /// <summary>An address with or without a port, as its text; the default when the value is empty, as with kube-proxy.</summary>
    public string AddressAndPort(string flag, string otherwise)
    {
        var text = LastWithContent(flag);
        if (text.Length == 0) return otherwise;
        if (IpAddr.TryParse(text, out _)) return text;
        if (!HostPort.TrySplit(text, out var host, out var port)) Errors.Add($"{flag}: \"{text}\" is neither an IP address nor one with a port");
        else if (!IpAddr.TryParse(host, out _)) Errors.Add($"{flag}: \"{host}\" is not an IP address");
        else if (port != "0" && !HostPort.TryParsePort(port, out _)) Errors.Add($"{flag}: \"{port}\" is not a port");
        else return text;
        return otherwise;
    }

    /// <summary>Feature gates: name=true or name=false, on top of what is there; the last of several counts.</summary>
    public ImmutableSortedDictionary<string, bool> Gates(string flag, ImmutableSortedDictionary<string, bool> otherwise)
    {
        var gates = otherwise.ToBuilder();
        foreach (var pair in List(flag))
        {
            var (name, value) = Pair(pair);
            if (name.Length > 0 && TryBoolean(value, out var on)) gates[name] = on;
            else Errors.Add($"{flag}: \"{pair}\" is not a pair like AllAlpha=false");
        }

        return gates.ToImmutable();
    }

    /// <summary>Verbosities of single files: pattern=N.</summary>
    public ImmutableArray<VModuleItem> VModule(string flag)
    {
        var items = ImmutableArray.CreateBuilder<VModuleItem>();
        foreach (var pair in List(flag))
        {
            var (pattern, value) = Pair(pair);
            var isNumber = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var verbosity);
            if (pattern.Length > 0 && isNumber) items.Add(new VModuleItem(pattern, (uint)verbosity));
            else Errors.Add($"{flag}: \"{pair}\" does not have the pattern=N format");
        }

        return items.ToImmutable();
    }

    private string LastWithContent(string flag) => Given(flag).LastOrDefault(static value => value.Length > 0) ?? "";

    private static (string Name, string Value) Pair(string text)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        return equals < 0 ? (text, "") : (text[..equals].Trim(), text[(equals + 1)..].Trim());
    }

    private static bool TryBoolean(string text, out bool value)
    {
        value = text is "1" or "t" or "T" or "true" or "TRUE" or "True";
        return value || text is "0" or "f" or "F" or "false" or "FALSE" or "False";
    }
}
