using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Shunt.Proxy.Sources.Decoding;

/// <summary>What the agent uses of an object's <c>metadata</c>. One instance per decoder, filled anew for each object.</summary>
internal sealed class ObjectMetadata
{
    private readonly byte[] _resourceVersion = new byte[64];
    private int _resourceVersionLength;

    /// <summary><c>name</c>; null when unset or unreadable.</summary>
    public string? Name { get; private set; }

    /// <summary><c>namespace</c>; null when unset.</summary>
    public string? Namespace { get; private set; }

    /// <summary>The label <c>kubernetes.io/service-name</c>; empty when unset.</summary>
    public string ServiceName { get; private set; } = "";

    /// <summary>The label <c>topology.kubernetes.io/zone</c>; empty when unset.</summary>
    public string Zone { get; private set; } = "";

    /// <summary>The label <c>service.kubernetes.io/service-proxy-name</c> is there, with whatever value.</summary>
    public bool HasServiceProxyName { get; private set; }

    /// <summary>The label <c>service.kubernetes.io/headless</c> is there, with whatever value.</summary>
    public bool HasHeadless { get; private set; }

    /// <summary><c>deletionTimestamp</c> is set: the object is about to go.</summary>
    public bool IsBeingDeleted { get; private set; }

    /// <summary>The annotation that ends the initial events of a watch-list stream is there.</summary>
    public bool InitialEventsEnd { get; private set; }

    /// <summary>
    /// The annotation <c>endpoints.kubernetes.io/last-change-trigger-time</c>: when what led to this version of the object happened; null when
    /// unset or not a time.
    /// </summary>
    public DateTimeOffset? LastChangeTriggerTime { get; private set; }

    /// <summary><c>resourceVersion</c>; empty when unset. Made on demand: a list has no use for those of its items.</summary>
    public string ResourceVersion => Encoding.ASCII.GetString(_resourceVersion, 0, _resourceVersionLength);

    /// <summary><c>resourceVersion</c> as a number; zero when it is none.</summary>
    public ulong Version =>
        Utf8Parser.TryParse(_resourceVersion.AsSpan(0, _resourceVersionLength), out ulong version, out var used) && used == _resourceVersionLength ? version : 0;

    /// <summary><c>continue</c> of a list; empty on the last page.</summary>
    public string Continue { get; private set; } = "";

    /// <summary>Forgets everything.</summary>
    public void Reset()
    {
        Name = Namespace = null;
        ServiceName = Zone = Continue = "";
        HasServiceProxyName = HasHeadless = IsBeingDeleted = InitialEventsEnd = false;
        LastChangeTriggerTime = null;
        _resourceVersionLength = 0;
    }

    /// <summary>Reads a <c>metadata</c> value.</summary>
    public void Read(ref Utf8JsonReader reader, FieldReader fields)
    {
        if (!fields.BeginObject(ref reader, "metadata")) return;
        while (FieldReader.NextProperty(ref reader))
        {
            if (reader.ValueTextEquals("name"u8)) Name = UniqueValue(ref reader, fields, "metadata.name");
            else if (reader.ValueTextEquals("namespace"u8)) Namespace = Value(ref reader, fields, "metadata.namespace");
            else if (reader.ValueTextEquals("resourceVersion"u8)) ReadResourceVersion(ref reader);
            else if (reader.ValueTextEquals("labels"u8)) ReadLabels(ref reader, fields);
            else if (reader.ValueTextEquals("annotations"u8)) ReadAnnotations(ref reader);
            else if (reader.ValueTextEquals("deletionTimestamp"u8)) ReadDeletionTimestamp(ref reader);
            else if (reader.ValueTextEquals("continue"u8)) Continue = Value(ref reader, fields, "metadata.continue") ?? "";
            else FieldReader.SkipProperty(ref reader);
        }
    }

    private static string? UniqueValue(ref Utf8JsonReader reader, FieldReader fields, string path)
    {
        reader.Read();
        return fields.UniqueText(ref reader, path);
    }

    private static string? Value(ref Utf8JsonReader reader, FieldReader fields, string path)
    {
        reader.Read();
        return fields.Text(ref reader, path);
    }

    private void ReadResourceVersion(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.String && !reader.ValueIsEscaped && reader.ValueSpan.Length <= _resourceVersion.Length
            && Utf8.IsValid(reader.ValueSpan))
        {
            reader.ValueSpan.CopyTo(_resourceVersion);
            _resourceVersionLength = reader.ValueSpan.Length;
        }

        reader.Skip();
    }

    private void ReadDeletionTimestamp(ref Utf8JsonReader reader)
    {
        reader.Read();
        IsBeingDeleted = reader.TokenType != JsonTokenType.Null;
        reader.Skip();
    }

    private void ReadLabels(ref Utf8JsonReader reader, FieldReader fields)
    {
        reader.Read();
        if (!fields.BeginObject(ref reader, "metadata.labels")) return;
        while (FieldReader.NextProperty(ref reader))
        {
            if (reader.ValueTextEquals("kubernetes.io/service-name"u8))
            {
                ServiceName = Value(ref reader, fields, "metadata.labels[kubernetes.io/service-name]") ?? "";
            }
            else if (reader.ValueTextEquals("topology.kubernetes.io/zone"u8))
            {
                Zone = Value(ref reader, fields, "metadata.labels[topology.kubernetes.io/zone]") ?? "";
            }
            else
            {
                HasServiceProxyName |= reader.ValueTextEquals("service.kubernetes.io/service-proxy-name"u8);
                HasHeadless |= reader.ValueTextEquals("service.kubernetes.io/headless"u8);
                FieldReader.SkipProperty(ref reader);
            }
        }
    }

    private void ReadAnnotations(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }

        while (FieldReader.NextProperty(ref reader))
        {
            var end = reader.ValueTextEquals("k8s.io/initial-events-end"u8);
            var trigger = reader.ValueTextEquals("endpoints.kubernetes.io/last-change-trigger-time"u8);
            reader.Read();
            if (trigger) LastChangeTriggerTime = reader.TokenType == JsonTokenType.String && reader.TryGetDateTimeOffset(out var time) ? time : null;
            InitialEventsEnd |= end && reader.TokenType == JsonTokenType.String && reader.ValueTextEquals("true"u8);
            reader.Skip();
        }
    }
}
