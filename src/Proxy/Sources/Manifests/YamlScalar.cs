using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Shunt.Proxy.Sources.Manifests;

/// <summary>The core schema of YAML 1.2 (section 10.3): what a plain scalar means.</summary>
internal static partial class YamlScalar
{
    /// <summary>Writes a scalar as the JSON value it stands for.</summary>
    public static void Write(YamlScalarNode scalar, Utf8JsonWriter writer)
    {
        var text = scalar.Value ?? "";
        var isString = scalar.Tag.IsEmpty || scalar.Tag.IsNonSpecific ? scalar.Style != ScalarStyle.Plain : scalar.Tag.Value == "tag:yaml.org,2002:str";
        if (isString || !TryWritePlain(text, writer)) writer.WriteStringValue(text);
    }

    private static bool TryWritePlain(string text, Utf8JsonWriter writer)
    {
        switch (text)
        {
            case "" or "~" or "null" or "Null" or "NULL":
                writer.WriteNullValue();
                return true;
            case "true" or "True" or "TRUE":
                writer.WriteBooleanValue(true);
                return true;
            case "false" or "False" or "FALSE":
                writer.WriteBooleanValue(false);
                return true;
            default:
                return (char.IsAsciiDigit(text[0]) || text[0] is '+' or '-' or '.') && TryWriteNumber(text, writer);
        }
    }

    private static bool TryWriteNumber(string text, Utf8JsonWriter writer)
    {
        if (text.StartsWith("0x", StringComparison.Ordinal))
            return Wrote(long.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var hex), hex, writer);
        if (Octal().IsMatch(text)) return Wrote(true, Convert.ToInt64(text[2..], 8), writer);
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole)) return Wrote(true, whole, writer);
        if (!Float().IsMatch(text) || !double.TryParse(text, CultureInfo.InvariantCulture, out var real) || !double.IsFinite(real)) return false;
        writer.WriteNumberValue(real);
        return true;
    }

    private static bool Wrote(bool parsed, long value, Utf8JsonWriter writer)
    {
        if (parsed) writer.WriteNumberValue(value);
        return parsed;
    }

    [GeneratedRegex("^0o[0-7]{1,21}$")]
    private static partial Regex Octal();

    [GeneratedRegex(@"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$")]
    private static partial Regex Float();
}
