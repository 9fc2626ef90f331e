using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace Shunt.Proxy.Events;

/// <summary>Events as the API server takes them: events.k8s.io/v1.</summary>
internal static class EventJson
{
    /// <summary>The controller's name in every event: that of the one whose place this agent takes, so that filters go on finding them.</summary>
    public const string ReportingController = "kube-proxy";

    private const int MaxInstanceLength = 128;

    /// <summary>The path of the events of a namespace, relative to the server's URL.</summary>
    public static string Path(EventSubject regarding) =>
        $"apis/events.k8s.io/v1/namespaces/{Uri.EscapeDataString(regarding.EventNamespace)}/events";

    /// <summary>The object.</summary>
    /// <param name="entry">The event.</param>
    /// <param name="count">How often it has happened.</param>
    /// <param name="last">When last.</param>
    /// <param name="host">The machine's host name.</param>
    public static ReadOnlyMemory<byte> Create(EventEntry entry, int count, DateTimeOffset last, string host)
    {
        var bytes = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(bytes))
        {
            var e = entry.Event;
            json.WriteStartObject();
            json.WriteString("kind", "Event");
            json.WriteString("apiVersion", "events.k8s.io/v1");
            json.WriteStartObject("metadata");
            json.WriteString("name", entry.Name);
            json.WriteString("namespace", e.Regarding.EventNamespace);
            json.WriteEndObject();
            json.WriteString("eventTime", MicroTime(entry.Time));
            if (count > 1) WriteSeries(json, count, last);
            json.WriteString("reportingController", ReportingController);
            json.WriteString("reportingInstance", Instance(host));
            json.WriteString("action", e.Action);
            json.WriteString("reason", e.Reason);
            WriteRegarding(json, e.Regarding);
            if (e.Note.Length > 0) json.WriteString("note", e.Note);
            json.WriteString("type", e.IsWarning ? "Warning" : "Normal");
            json.WriteEndObject();
        }

        return bytes.WrittenMemory;
    }

    /// <summary>What changes in the object when the event happens again.</summary>
    public static ReadOnlyMemory<byte> Series(int count, DateTimeOffset last)
    {
        var bytes = new ArrayBufferWriter<byte>(128);
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            WriteSeries(json, count, last);
            json.WriteEndObject();
        }

        return bytes.WrittenMemory;
    }

    private static void WriteSeries(Utf8JsonWriter json, int count, DateTimeOffset last)
    {
        json.WriteStartObject("series");
        json.WriteNumber("count", count);
        json.WriteString("lastObservedTime", MicroTime(last));
        json.WriteEndObject();
    }

    private static void WriteRegarding(Utf8JsonWriter json, EventSubject regarding)
    {
        json.WriteStartObject("regarding");
        json.WriteString("kind", regarding.Kind);
        if (regarding.Namespace.Length > 0) json.WriteString("namespace", regarding.Namespace);
        json.WriteString("name", regarding.Name);
        json.WriteString("apiVersion", "v1");
        json.WriteEndObject();
    }

    private static string Instance(string host)
    {
        var instance = $"{ReportingController}-{host}";
        return instance.Length <= MaxInstanceLength ? instance : instance[..MaxInstanceLength];
    }

    // metav1.MicroTime: always six digits.
    private static string MicroTime(DateTimeOffset time) =>
        time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
}
