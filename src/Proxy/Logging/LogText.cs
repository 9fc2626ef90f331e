using System.Buffers;
using System.Collections;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Shunt.Proxy.Options;

namespace Shunt.Proxy.Logging;

/// <summary>
/// Log lines as Kubernetes' components write them (klog): the level's letter, month and day, time, process id, who, what, and the values:
/// <c>I1122 08:06:12.123456   12345 SyncLoop] "SyncProxyRules complete" ipFamily="IPv4" elapsed="12ms"</c>. Where theirs have a file and a
/// line number ours have the class. Whatever is in it, it stays one line; klog's would be several when a value is.
/// </summary>
internal static class LogText
{
    /// <summary>The whole line, with its end.</summary>
    public static string Line(in LogLine line, int processId)
    {
        var text = new StringBuilder(160);
        text.Append(line.Level switch { >= LogLevel.Error => 'E', LogLevel.Warning => 'W', _ => 'I' });
        text.Append(line.Time.ToString("MMdd HH:mm:ss.ffffff", CultureInfo.InvariantCulture));
        text.Append(CultureInfo.InvariantCulture, $" {processId,7} {line.Category}] ");
        AppendBody(text, line);
        return text.Append('\n').ToString();
    }

    /// <summary>The part after the header: the message in quotes, the error, and the values.</summary>
    public static void AppendBody(StringBuilder text, in LogLine line)
    {
        if (line.IsPlain) GoQuoting.AppendBare(text, line.Message);
        else GoQuoting.AppendQuoted(text, line.Message);
        if (line.Error is { } error)
        {
            text.Append(" err=");
            GoQuoting.AppendQuoted(text, error);
        }

        foreach (var (key, value) in line.Values)
        {
            text.Append(' ').Append(key).Append('=');
            AppendValue(text, value);
        }
    }

    private static void AppendValue(StringBuilder text, object? value)
    {
        switch (value)
        {
            case null:
                text.Append("null");
                break;
            case bool truth:
                text.Append(truth ? "true" : "false");
                break;
            case string plain:
                GoQuoting.AppendQuoted(text, plain);
                break;
            case TimeSpan duration:
                GoQuoting.AppendQuoted(text, GoDuration.Format(duration));
                break;
            case byte or ushort or short or int or uint or long or ulong or double or decimal:
                text.Append(CultureInfo.InvariantCulture, $"{value}");
                break;
            case IEnumerable:
                text.Append(AsJson(value));
                break;
            default:
                GoQuoting.AppendQuoted(text, Convert.ToString(value, CultureInfo.InvariantCulture) ?? "");
                break;
        }
    }

    // As klog does with everything it has no look of its own for.
    private static string AsJson(object value)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes, LogJson.WriterOptions)) LogJson.WriteValue(json, value);
        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }
}
