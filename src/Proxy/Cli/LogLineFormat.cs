using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Shunt.Proxy.Cli;

/// <summary>The two looks of a log line. Whatever is in it, it stays one line.</summary>
internal static class LogLineFormat
{
    private static readonly JsonWriterOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>
    /// The line as Kubernetes' components write theirs: the level's letter, month and day, time, process id, who, and what:
    /// <c>I1122 08:06:12.123456   12345 SyncLoop] message</c>.
    /// </summary>
    public static string ToText(in LogLine line, int processId)
    {
        var text = new StringBuilder(160);
        text.Append(line.Level switch { >= LogLevel.Error => 'E', LogLevel.Warning => 'W', _ => 'I' });
        text.Append(line.Time.ToString("MMdd HH:mm:ss.ffffff", CultureInfo.InvariantCulture));
        text.Append(CultureInfo.InvariantCulture, $" {processId,7} {line.Category}] ");
        AppendOnOneLine(text, line.Message);
        if (line.Exception is { } exception)
        {
            text.Append(" err=\"");
            AppendOnOneLine(text, Describe(exception));
            text.Append('"');
        }

        return text.Append('\n').ToString();
    }

    /// <summary>
    /// The line as a JSON object: <c>ts</c> (milliseconds since 1970), <c>level</c>, <c>caller</c>, <c>msg</c>, the fields by name, and <c>err</c>.
    /// </summary>
    public static string ToJson(in LogLine line)
    {
        var bytes = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(bytes, Json))
        {
            json.WriteStartObject();
            json.WriteNumber("ts", (line.Time.ToUniversalTime() - DateTimeOffset.UnixEpoch).Ticks / 10 / 1000m);
            json.WriteString("level", LevelName(line.Level));
            json.WriteString("caller", line.Category);
            json.WriteString("msg", line.Message);
            foreach (var (name, value) in line.Fields)
            {
                if (name != "{OriginalFormat}") WriteField(json, char.ToLowerInvariant(name[0]) + name[1..], value);
            }

            if (line.Exception is { } exception) json.WriteString("err", Describe(exception));
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.WrittenSpan) + "\n";
    }

    private static string LevelName(LogLevel level) => level switch
    {
        >= LogLevel.Error => "error",
        LogLevel.Warning => "warning",
        LogLevel.Information => "info",
        _ => "debug",
    };

    private static void WriteField(Utf8JsonWriter json, string name, object? value)
    {
        switch (value)
        {
            case bool truth:
                json.WriteBoolean(name, truth);
                break;
            case int or long or ushort or byte or uint:
                json.WriteNumber(name, Convert.ToInt64(value, CultureInfo.InvariantCulture));
                break;
            case double number when double.IsFinite(number):
                json.WriteNumber(name, number);
                break;
            default:
                json.WriteString(name, Convert.ToString(value, CultureInfo.InvariantCulture) ?? "");
                break;
        }
    }

    // The messages down to the cause; a stack only where the exception is a bug of ours.
    private static string Describe(Exception exception)
    {
        if (exception is InvalidOperationException or ArgumentException or NullReferenceException) return exception.ToString();
        var text = new StringBuilder(exception.Message);
        for (var inner = exception.InnerException; inner is not null; inner = inner.InnerException) text.Append(": ").Append(inner.Message);
        return text.ToString();
    }

    private static void AppendOnOneLine(StringBuilder text, string message)
    {
        foreach (var c in message)
        {
            if (c == '\n') text.Append("\\n");
            else if (char.IsControl(c)) text.Append(' ');
            else text.Append(c);
        }
    }
}
