using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Shunt.Proxy.Options;

namespace Shunt.Proxy.Metrics.Pages;

/// <summary><c>/flagz</c>: the flags and their values.</summary>
internal sealed class FlagzPage : Zpage
{
    private readonly FlagValue[] _flags;

    /// <summary>A page of those flags.</summary>
    public FlagzPage(ImmutableArray<FlagValue> flags)
        : base("Flagz", "flagz") => _flags = [.. flags.OrderBy(static flag => flag.Name, StringComparer.Ordinal)];

    /// <inheritdoc/>
    protected override void WriteText(StringBuilder text)
    {
        // kube-proxy chooses one of four delimiters at random; this is one of them.
        foreach (var (name, value) in _flags) text.Append(name).Append('=').Append(value).Append('\n');
    }

    /// <inheritdoc/>
    protected override void WriteFields(Utf8JsonWriter json)
    {
        json.WriteStartObject("flags");
        foreach (var (name, value) in _flags) json.WriteString(name, value);
        json.WriteEndObject();
    }
}
