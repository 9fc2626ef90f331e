using System.Text.Json;

namespace Shunt.Bench;

/// <summary>Results as JSON: indented, and ended by a newline, so that two of them can be compared line by line.</summary>
internal static class BenchJson
{
    /// <summary>What is written, as UTF-8.</summary>
    public static byte[] Write(Action<Utf8JsonWriter> write)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" })) write(json);
        stream.WriteByte((byte)'\n');
        return stream.ToArray();
    }

    /// <summary>A list.</summary>
    public static byte[] Write<T>(IReadOnlyList<T> items, Action<T, Utf8JsonWriter> write) => Write(json => WriteArray(items, write, json));

    /// <summary>A list within something.</summary>
    public static void WriteArray<T>(IReadOnlyList<T> items, Action<T, Utf8JsonWriter> write, Utf8JsonWriter json)
    {
        json.WriteStartArray();
        foreach (var item in items) write(item, json);
        json.WriteEndArray();
    }
}
