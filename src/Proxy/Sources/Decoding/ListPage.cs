using System.Text.Json;

namespace Shunt.Proxy.Sources.Decoding;

/// <summary>The answer to a list request.</summary>
/// <param name="ResourceVersion">The version of the whole list, from which to watch.</param>
/// <param name="Continue">The token of the next page; empty on the last.</param>
internal readonly record struct ListPage(string ResourceVersion, string Continue)
{
    /// <summary>Decodes a list and adds its items, readable or not, to <paramref name="items"/>.</summary>
    /// <exception cref="JsonException">The JSON is malformed, or not a list.</exception>
    public static ListPage Decode(ReadOnlySpan<byte> json, ObjectDecoder decoder, List<Decoded> items)
    {
        var reader = new Utf8JsonReader(json, ObjectDecoder.JsonOptions);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject) throw new JsonException("the list is not an object");
        var fields = new FieldReader();
        var metadata = new ObjectMetadata();
        var sawItems = false;
        while (FieldReader.NextProperty(ref reader))
        {
            var isMetadata = reader.ValueTextEquals("metadata"u8);
            var isItems = reader.ValueTextEquals("items"u8);
            reader.Read();
            if (isMetadata) metadata.Read(ref reader, fields);
            else if (isItems && reader.TokenType == JsonTokenType.StartArray) DecodeItems(ref reader, decoder, items);
            else reader.Skip();
            sawItems |= isItems;
        }

        if (!sawItems || metadata.ResourceVersion.Length == 0) throw new JsonException("the answer is not a list: it has no items or no resourceVersion");
        return new ListPage(metadata.ResourceVersion, metadata.Continue);
    }

    private static void DecodeItems(ref Utf8JsonReader reader, ObjectDecoder decoder, List<Decoded> items)
    {
        while (FieldReader.NextElement(ref reader)) items.Add(decoder.Decode(ref reader));
    }
}
