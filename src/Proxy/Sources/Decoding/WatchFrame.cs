using System.Text.Json;
using Shunt.Proxy.State;

namespace Shunt.Proxy.Sources.Decoding;

/// <summary>One object of a watch stream: <c>{"type": ..., "object": ...}</c>.</summary>
internal readonly record struct WatchFrame
{
    /// <summary>What it is.</summary>
    public WatchFrameKind Kind { get; private init; }

    /// <summary>The object, of a change or a deletion. Its error is set when it, or the whole frame, could not be decoded.</summary>
    public Decoded Decoded { get; private init; }

    /// <summary>The resourceVersion to go on from after this frame; empty when it has none.</summary>
    public string ResourceVersion { get; private init; }

    /// <summary>A bookmark that ends the initial events of a watch-list stream.</summary>
    public bool InitialEventsEnd { get; private init; }

    /// <summary>What went wrong, of an error.</summary>
    public ApiStatus Status { get; private init; }

    /// <summary>Decodes a frame. Never throws for what is in it.</summary>
    public static WatchFrame Decode(ReadOnlySpan<byte> json, ObjectDecoder decoder)
    {
        var kind = WatchFrameKind.Unknown;
        var objectBegun = false;
        try
        {
            var reader = new Utf8JsonReader(json, ObjectDecoder.JsonOptions);
            reader.Read();
            kind = FindType(reader, out var objectReader);
            if (kind == WatchFrameKind.Unknown) return new WatchFrame { ResourceVersion = "", Decoded = new Decoded(null, default, "has no known event type", false) };
            if (kind == WatchFrameKind.Error)
                return new WatchFrame { Kind = kind, ResourceVersion = "", Status = objectReader.TokenType == JsonTokenType.None ? default : ApiStatus.Read(ref objectReader) };
            if (objectReader.TokenType == JsonTokenType.None) return Undecodable(kind, default, "has no object");
            objectBegun = true;
            var decoded = decoder.Decode(ref objectReader);
            return new WatchFrame
            {
                Kind = kind,
                Decoded = decoded,
                ResourceVersion = decoder.Metadata.ResourceVersion,
                InitialEventsEnd = kind == WatchFrameKind.Bookmark && decoder.Metadata.InitialEventsEnd,
            };
        }
        catch (JsonException e)
        {
            return Undecodable(kind, objectBegun ? decoder.CurrentKey : default, $"is malformed JSON: {e.Message}");
        }
    }

    private static WatchFrame Undecodable(WatchFrameKind kind, ObjectKey key, string why) =>
        new() { Kind = kind, ResourceVersion = "", Decoded = new Decoded(null, key, why, false) };

    /// <summary>The type, and a reader on the object. The type comes first from every known server, but JSON promises no order.</summary>
    private static WatchFrameKind FindType(Utf8JsonReader reader, out Utf8JsonReader objectReader)
    {
        objectReader = default;
        var kind = WatchFrameKind.Unknown;
        var typeSeen = false;
        while (FieldReader.NextProperty(ref reader))
        {
            var isType = reader.ValueTextEquals("type"u8);
            var isObject = reader.ValueTextEquals("object"u8);
            reader.Read();
            if (isObject) objectReader = reader;
            if (isType)
            {
                kind = KindOf(reader);
                typeSeen = true;
            }

            if (typeSeen && objectReader.TokenType != JsonTokenType.None) return kind;
            reader.Skip();
        }

        return kind;
    }

    private static WatchFrameKind KindOf(in Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.String) return WatchFrameKind.Unknown;
        if (reader.ValueTextEquals("MODIFIED"u8) || reader.ValueTextEquals("ADDED"u8)) return WatchFrameKind.Changed;
        if (reader.ValueTextEquals("DELETED"u8)) return WatchFrameKind.Deleted;
        if (reader.ValueTextEquals("BOOKMARK"u8)) return WatchFrameKind.Bookmark;
        return reader.ValueTextEquals("ERROR"u8) ? WatchFrameKind.Error : WatchFrameKind.Unknown;
    }
}
