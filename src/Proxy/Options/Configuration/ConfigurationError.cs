using System.Collections.Immutable;
using System.Globalization;

namespace Shunt.Proxy.Options.Configuration;

/// <summary>Something a configuration cannot say, in Kubernetes' form: <c>KubeProxyConfiguration.MinSyncPeriod: Invalid value: -1s: must be ...</c>.</summary>
/// <param name="Path">kube-proxy's path.</param>
/// <param name="Problem">What kind of error, with the value.</param>
/// <param name="Detail">What is wanted.</param>
/// <param name="Field">The path in the file: <c>iptables.minSyncPeriod</c>.</param>
internal sealed record ConfigurationError(string Path, string Problem, string Detail, string Field)
{
    /// <summary>A text that cannot be.</summary>
    public static ConfigurationError Invalid(string path, string value, string detail, string field) =>
        new(path, $"Invalid value: {Quote(value)}", detail, field);

    /// <summary>A number that cannot be.</summary>
    public static ConfigurationError Invalid(string path, long value, string detail, string field) =>
        new(path, string.Create(CultureInfo.InvariantCulture, $"Invalid value: {value}"), detail, field);

    /// <summary>A duration that cannot be.</summary>
    public static ConfigurationError Invalid(string path, TimeSpan value, string detail, string field) =>
        new(path, $"Invalid value: {GoDuration.Format(value)}", detail, field);

    /// <summary>A list that cannot be.</summary>
    public static ConfigurationError Invalid(string path, ImmutableArray<string> values, string detail, string field) =>
        new(path, $"Invalid value: [{string.Join(", ", values.Select(Quote))}]", detail, field);

    /// <summary>A text that is none of a few words.</summary>
    public static ConfigurationError NotSupported(string path, string value, IEnumerable<string> words, string field) =>
        new(path, $"Unsupported value: {Quote(value)}", $"supported values: {string.Join(", ", words.Select(Quote))}", field);

    /// <summary>Something that other settings rule out.</summary>
    public static ConfigurationError Forbidden(string path, string detail, string field) => new(path, "Forbidden", detail, field);

    /// <summary>Something that is missing.</summary>
    public static ConfigurationError Required(string path, string detail, string field) => new(path, "Required value", detail, field);

    /// <summary>A text in double quotes, on one line.</summary>
    public static string Quote(string text) => $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).ReplaceLineEndings("\\n")}\"";

    /// <inheritdoc/>
    public override string ToString() => $"{Path}: {Problem}: {Detail}";
}
