using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Shunt.Proxy.Sources.Decoding;
using Shunt.Proxy.State;
using YamlDotNet.Core;

namespace Shunt.Proxy.Sources.Manifests;

/// <summary>Reads a manifest file: JSON objects one after the other, or YAML documents; Lists, typed or not, are taken apart.</summary>
internal sealed partial class ManifestParser
{
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    private readonly Dictionary<ObjectKind, ObjectDecoder> _decoders = [];
    private readonly ImmutableArray<ManifestEntry>.Builder _entries = ImmutableArray.CreateBuilder<ManifestEntry>();
    private readonly FieldReader _fields = new();
    private string _file = "";

    /// <summary>How many objects of other kinds the last file had.</summary>
    public int IgnoredCount { get; private set; }

    /// <summary>All objects of the file that are of a kind the agent uses, in order.</summary>
    /// <param name="file">Its name, for messages.</param>
    /// <param name="content">Its bytes.</param>
    /// <exception cref="ConfigurationException">It cannot be read; the message names the file and the line.</exception>
    public ImmutableArray<ManifestEntry> Parse(string file, ReadOnlyMemory<byte> content)
    {
        _file = file;
        _entries.Clear();
        _fields.Reset();
        IgnoredCount = 0;
        if (content.Span.StartsWith("\uFEFF"u8)) content = content[3..];
        if (content.Span.TrimStart(" \t\r\n"u8).StartsWith((byte)'{')) ParseJsonOrFlow(content);
        else ParseYaml(content);
        return _entries.ToImmutable();
    }

    private void ParseJsonOrFlow(ReadOnlyMemory<byte> content)
    {
        try
        {
            ParseJson(content);
        }
        catch (JsonException e)
        {
            // A YAML flow mapping looks like JSON at first; JSON's complaint is the better one if it is neither.
            _entries.Clear();
            IgnoredCount = 0;
            if (_file.EndsWith(".json", StringComparison.OrdinalIgnoreCase) || !TryParseYaml(content))
                throw Error((int)(e.LineNumber ?? 0) + 1, Reason(e), e);
        }
    }

    private void ParseJson(ReadOnlyMemory<byte> content)
    {
        var options = ObjectDecoder.JsonOptions with { AllowMultipleValues = true };
        var reader = new Utf8JsonReader(content.Span, options);
        var lines = new LineCounter(content);
        while (reader.Read()) AddDocument(ref reader, content, lines.LineOf);
    }

    private bool TryParseYaml(ReadOnlyMemory<byte> content)
    {
        try
        {
            ParseYaml(content);
            return true;
        }
        catch (ConfigurationException)
        {
            _entries.Clear();
            return false;
        }
    }

    private void ParseYaml(ReadOnlyMemory<byte> content)
    {
        foreach (var document in YamlDocuments(content))
        {
            var reader = new Utf8JsonReader(document.Json.Span, ObjectDecoder.JsonOptions);
            reader.Read();
            AddDocument(ref reader, document.Json, (_, item) => item >= 0 && item < document.ItemLines.Length ? document.ItemLines[item] : document.Line);
        }
    }

    private IReadOnlyList<YamlDocument> YamlDocuments(ReadOnlyMemory<byte> content)
    {
        try
        {
            return YamlDocument.ParseAll(StrictUtf8.GetString(content.Span));
        }
        catch (YamlException e)
        {
            throw new ConfigurationException($"{_file}:{YamlDocument.Describe(e)}", e);
        }
        catch (DecoderFallbackException e)
        {
            throw Error(1 + content.Span[..e.Index].Count((byte)'\n'), "is not valid UTF-8", e);
        }
    }

    private ConfigurationException Error(int line, string what, Exception? inner = null) => new($"{_file}:{line}: {what}", inner);

    private static string Reason(JsonException e)
    {
        var end = e.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return end < 0 ? e.Message : e.Message[..end];
    }

    private static UInt128 Hash(ReadOnlySpan<byte> json)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(json, hash);
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(hash);
    }
}
