using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Shunt.Model;

namespace Shunt.Proxy.Sources.Decoding;

/// <summary>
/// Reads values of single fields. Every method stands on the value's first token and leaves at its last; a value of the wrong type or
/// content is a problem, never an exception. (Malformed JSON is: <see cref="JsonException"/>.)
/// </summary>
internal sealed class FieldReader
{
    private readonly Utf8StringCache _strings = new();
    private readonly List<string> _problems = [];

    /// <summary>Forgets the problems of the previous object.</summary>
    public void Reset() => _problems.Clear();

    /// <summary>The problems since the last <see cref="Reset"/>.</summary>
    public ImmutableArray<string> Problems => _problems.Count == 0 ? [] : [.. _problems];

    /// <summary>Reports a problem.</summary>
    public void Problem(in FieldPath path, string what) => _problems.Add($"{path}: {what}");

    /// <summary>Reports a value that is not what it should be.</summary>
    public void Problem(in FieldPath path, string value, string what) => _problems.Add($"{path}: {ObjectNames.Quote(value)} {what}");

    /// <summary>Enters an object; false for null (unset) and, with a problem, for anything else.</summary>
    public bool BeginObject(ref Utf8JsonReader reader, in FieldPath path) => Begin(ref reader, path, JsonTokenType.StartObject, "is not an object");

    /// <summary>Enters a list; false for null (unset) and, with a problem, for anything else.</summary>
    public bool BeginArray(ref Utf8JsonReader reader, in FieldPath path) => Begin(ref reader, path, JsonTokenType.StartArray, "is not a list");

    private bool Begin(ref Utf8JsonReader reader, in FieldPath path, JsonTokenType start, string complaint)
    {
        if (reader.TokenType == start) return true;
        if (reader.TokenType != JsonTokenType.Null) Problem(path, complaint);
        reader.Skip();
        return false;
    }

    /// <summary>Goes to the next property of an object; false at its end. The reader then stands on the name.</summary>
    public static bool NextProperty(ref Utf8JsonReader reader) => reader.Read() && reader.TokenType == JsonTokenType.PropertyName;

    /// <summary>Goes to the next element of a list; false at its end.</summary>
    public static bool NextElement(ref Utf8JsonReader reader) => reader.Read() && reader.TokenType != JsonTokenType.EndArray;

    /// <summary>Passes over the value of the property the reader stands on.</summary>
    public static void SkipProperty(ref Utf8JsonReader reader) => reader.Skip();

    /// <summary>Reads a string that is likely to repeat; null for null and, with a problem, for anything that is not a valid string.</summary>
    public string? Text(ref Utf8JsonReader reader, in FieldPath path)
    {
        if (reader.TokenType == JsonTokenType.String && !reader.ValueIsEscaped && Utf8.IsValid(reader.ValueSpan))
            return _strings.Get(reader.ValueSpan);
        return UniqueText(ref reader, path);
    }

    /// <summary>Reads a string as <see cref="Text"/> does, but one that is not likely to repeat.</summary>
    public string? UniqueText(ref Utf8JsonReader reader, in FieldPath path)
    {
        if (reader.TokenType == JsonTokenType.String) return SlowText(ref reader, path);

        if (reader.TokenType != JsonTokenType.Null) Problem(path, "is not a string");
        reader.Skip();
        return null;
    }

    private string? SlowText(ref Utf8JsonReader reader, in FieldPath path)
    {
        try
        {
            return reader.GetString();
        }
        catch (InvalidOperationException)
        {
            Problem(path, "is not valid UTF-8");
            return null;
        }
    }

    /// <summary>Reads a boolean; null for null and, with a problem, for anything else.</summary>
    public bool? Boolean(ref Utf8JsonReader reader, in FieldPath path)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.True: return true;
            case JsonTokenType.False: return false;
            case JsonTokenType.Null: return null;
            default:
                Problem(path, "is not true or false");
                reader.Skip();
                return null;
        }
    }

    /// <summary>Reads a whole number; null for null and, with a problem, for anything else.</summary>
    public long? Number(ref Utf8JsonReader reader, in FieldPath path)
    {
        if (reader.TokenType == JsonTokenType.Null) return null;
        if (reader.TokenType == JsonTokenType.Number)
        {
            if (reader.TryGetInt64(out var value)) return value;
            Problem(path, Encoding.ASCII.GetString(reader.ValueSpan), "is not a whole number");
            return null;
        }

        Problem(path, "is not a number");
        reader.Skip();
        return null;
    }

    /// <summary>Reads a port; zero for null and zero, and, with a problem, for anything outside 1 to 65535.</summary>
    public ushort Port(ref Utf8JsonReader reader, in FieldPath path)
    {
        var number = Number(ref reader, path) ?? 0;
        if (number is >= 0 and <= ushort.MaxValue) return (ushort)number;
        Problem(path, $"{number} is not a port");
        return 0;
    }

    /// <summary>
    /// Reads an address; <c>default</c> for null and the empty string and, with a problem, for anything that is not an address.
    /// </summary>
    public IpAddr Address(ref Utf8JsonReader reader, in FieldPath path)
    {
        Span<char> characters = stackalloc char[IpAddr.MaxTextLength + 25];
        if (reader.TokenType == JsonTokenType.String && !reader.ValueIsEscaped && reader.ValueSpan.Length <= characters.Length
            && Ascii.ToUtf16(reader.ValueSpan, characters, out var length) == OperationStatus.Done
            && IpAddr.TryParse(characters[..length], out var address))
        {
            return address;
        }

        var text = Text(ref reader, path);
        if (string.IsNullOrWhiteSpace(text)) return default;
        if (!IpAddr.TryParse(text, out address)) Problem(path, text, "is not an IP address");
        return address;
    }

    /// <summary>Reads a network, white space around it allowed; <c>default</c>, with a problem, for anything that is not one.</summary>
    public IpPrefix Prefix(ref Utf8JsonReader reader, in FieldPath path)
    {
        var text = Text(ref reader, path);
        if (text is null) return default;
        if (!IpPrefix.TryParse(text.AsSpan().Trim(), out var prefix)) Problem(path, text, "is not a CIDR");
        return prefix;
    }

    /// <summary>Reads a protocol; TCP for null and the empty string; null, with a problem, for one that is not known.</summary>
    public Protocol? ReadProtocol(ref Utf8JsonReader reader, in FieldPath path)
    {
        if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.Null))
        {
            Problem(path, "is not a string");
            reader.Skip();
            return null;
        }

        if (reader.TokenType == JsonTokenType.String && reader.ValueTextEquals("TCP"u8)) return Protocol.Tcp;
        var text = Text(ref reader, path);
        if (string.IsNullOrEmpty(text)) return Protocol.Tcp;
        if (ProtocolNames.TryParseApiName(text, out var protocol)) return protocol;
        Problem(path, text, "is not a protocol (TCP, UDP, SCTP)");
        return null;
    }
}
