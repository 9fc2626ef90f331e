using System.Text;
using System.Text.Json;

namespace Shunt.Proxy.Options.Configuration;

/// <summary>Writes a configuration as YAML, byte for byte as kube-proxy's <c>--write-config-to</c> does: fields in alphabetical order, two spaces, lists not indented.</summary>
internal static class KubeProxyConfigurationYaml
{
    /// <summary>The text of the file.</summary>
    public static string ToText(KubeProxyConfiguration configuration)
    {
        using var document = JsonDocument.Parse(KubeProxyConfigurationJson.ToUtf8(configuration));
        var text = new StringBuilder(2048);
        WriteFields(text, document.RootElement, indentation: 0, isFirstInline: false);
        return text.ToString();
    }

    private static void WriteFields(StringBuilder text, JsonElement section, int indentation, bool isFirstInline)
    {
        foreach (var field in section.EnumerateObject().OrderBy(static field => field.Name, StringComparer.Ordinal))
        {
            if (!isFirstInline) text.Append(' ', indentation);
            isFirstInline = false;
            text.Append(YamlText.Scalar(field.Name)).Append(':');
            WriteValue(text, field.Value, indentation);
        }
    }

    private static void WriteValue(StringBuilder text, JsonElement value, int indentation)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object when value.EnumerateObject().Any():
                text.Append('\n');
                WriteFields(text, value, indentation + 2, isFirstInline: false);
                break;
            case JsonValueKind.Array when value.GetArrayLength() > 0:
                text.Append('\n');
                foreach (var item in value.EnumerateArray()) WriteItem(text, item, indentation);
                break;
            case JsonValueKind.String:
                text.Append(' ').Append(YamlText.Scalar(value.GetString() ?? "")).Append('\n');
                break;
            default:
                text.Append(' ').Append(value.GetRawText()).Append('\n'); // a number, true, false, null, {} or []
                break;
        }
    }

    private static void WriteItem(StringBuilder text, JsonElement item, int indentation)
    {
        text.Append(' ', indentation).Append('-');
        if (item.ValueKind != JsonValueKind.Object)
        {
            WriteValue(text, item, indentation);
            return;
        }

        text.Append(' ');
        WriteFields(text, item, indentation + 2, isFirstInline: true);
    }
}
