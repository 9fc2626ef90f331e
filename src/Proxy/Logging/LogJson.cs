using System.Buffers;
using System.Collections;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Shunt.Proxy.Options;
using Shunt.Proxy.State;

namespace Shunt.Proxy.Logging;

/// <summary>
/// Log lines as Kubernetes' components write them with <c>--logging-format=json</c>: <c>ts</c> (milliseconds since 1970), <c>caller</c>,
/// <c>msg</c>, then <c>v</c> (how much detail; not on errors), the values, and <c>err</c>:
/// <c>{"ts":1669110372123.456,"caller":"SyncLoop","msg":"Using iptables Proxier","v":0,"ipFamily":"IPv4"}</c>.
/// </summary>
internal static class LogJson
{
    /// <summary>Nothing is escaped that JSON does not ask for: log lines do not end up inside HTML.</summary>
    public static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The whole line, with its end.</summary>
    public static string Line(in LogLine line)
    {
        var bytes = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(bytes, WriterOptions))
        {
            json.WriteStartObject();
            json.WriteNumber("ts", (line.Time.ToUniversalTime() - DateTimeOffset.UnixEpoch).Ticks / 10 / 1000m);
            json.WriteString("caller", line.Category);
            json.WriteString("msg", line.Message);
            if (line.Level < LogLevel.Error) json.WriteNumber("v", LogLevelSwitch.VerbosityOf(line.Level));
            foreach (var (key, value) in line.Values)
            {
                json.WritePropertyName(key);
                WriteValue(json, value);
            }

            if (line.Error is { } error) json.WriteString("err", error);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.WrittenSpan) + "\n";
    }

    /// <summary>One value: numbers, Booleans and lists as such, the key of an object as one, everything else as text.</summary>
    public static void WriteValue(Utf8JsonWriter json, object? value)
    {
        switch (value)
        {
            case null:
                json.WriteNullValue();
                break;
            case bool truth:
                json.WriteBooleanValue(truth);
                break;
            case string text:
                json.WriteStringValue(text);
                break;
            case byte or ushort or short or int or uint or long:
                json.WriteNumberValue(Convert.ToInt64(value, CultureInfo.InvariantCulture));
                break;
            case double number when double.IsFinite(number):
                json.WriteNumberValue(number);
                break;
            case TimeSpan duration:
                json.WriteStringValue(GoDuration.Format(duration));
                break;
            case ObjectKey key:
                WriteKey(json, key);
                break;
            case IEnumerable items:
                json.WriteStartArray();
                foreach (var item in items) WriteValue(json, item);
                json.WriteEndArray();
                break;
            default:
                json.WriteStringValue(Convert.ToString(value, CultureInfo.InvariantCulture) ?? "");
                break;
        }
    }

    private static void WriteKey(Utf8JsonWriter json, ObjectKey key)
    {
        json.WriteStartObject();
        json.WriteString("name", key.Name);
        if (key.Namespace.Length > 0) json.WriteString("namespace", key.Namespace);
        json.WriteEndObject();
    }
}
