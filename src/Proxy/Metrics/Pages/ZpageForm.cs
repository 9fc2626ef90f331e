using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using Shunt.Proxy.Http;

namespace Shunt.Proxy.Metrics.Pages;

/// <summary>The form in which <c>/statusz</c> or <c>/flagz</c> is wanted (KEP-4827, KEP-4828).</summary>
/// <param name="MediaType">The type of the body.</param>
/// <param name="Version">The version of the structure; empty for text.</param>
internal readonly record struct ZpageForm(string MediaType, string Version)
{
    /// <summary>The group of the structures.</summary>
    public const string Group = "config.k8s.io";

    /// <summary>The version that is on its way out.</summary>
    public const string DeprecatedVersion = "v1alpha1";

    private const string CurrentVersion = "v1beta1";
    private const string Yaml = "application/yaml";

    /// <summary>Text for people.</summary>
    public static ZpageForm Text { get; } = new(Answer.PlainText, "");

    /// <summary>The first form, by the client's preference, that we have.</summary>
    /// <param name="accept">The header; none or an empty one asks for text.</param>
    /// <param name="kind">The structure's kind.</param>
    /// <returns>Null when the client takes nothing that we have.</returns>
    public static ZpageForm? Negotiate(StringValues accept, string kind)
    {
        if (string.IsNullOrWhiteSpace(accept)) return Text;
        if (!MediaTypeHeaderValue.TryParseList(accept, out var types)) return null;
        foreach (var type in types.OrderByDescending(static type => type.Quality ?? 1))
        {
            if (type.Quality != 0 && Match(type, kind) is { } form) return form;
        }

        return null;
    }

    private static ZpageForm? Match(MediaTypeHeaderValue type, string kind)
    {
        var (wanted, group, version) = (Parameter(type, "as"), Parameter(type, "g"), Parameter(type, "v"));
        if (wanted.Length == 0) return type.MediaType.Value is "*/*" or "text/*" or "text/plain" ? Text : null;
        if (wanted != kind || group != Group || version is not (CurrentVersion or DeprecatedVersion)) return null;

        // JSON is YAML too.
        return type.MediaType.Value switch
        {
            Answer.Json or "application/*" or "*/*" => new ZpageForm(Answer.Json, version),
            Yaml => new ZpageForm(Yaml, version),
            _ => null,
        };
    }

    private static string Parameter(MediaTypeHeaderValue type, string name) =>
        type.Parameters.FirstOrDefault(p => p.Name == name)?.GetUnescapedValue().Value ?? "";
}
