using System.Text;
using System.Text.Json;
using Shunt.Proxy.Sources.Manifests;
using YamlDotNet.Core;

namespace Shunt.Proxy.Options.Configuration;

/// <summary>Reads a KubeProxyConfiguration, from YAML or JSON: strictly, and where only strictness stands in the way leniently, as kube-proxy does.</summary>
internal static class ConfigurationDecoder
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Decodes a file.</summary>
    public static ConfigurationDecoding Decode(ReadOnlySpan<byte> content)
    {
        var problems = new ConfigurationProblems();
        try
        {
            var json = ToJson(content, problems);
            if (json.IsEmpty) return ConfigurationDecoding.Failed("failed to decode: the file is empty");
            using var document = JsonDocument.Parse(json);
            return Decode(document.RootElement, problems);
        }
        catch (YamlException e)
        {
            return ConfigurationDecoding.Failed($"failed to decode: yaml: line {YamlDocument.Describe(e)}");
        }
        catch (JsonException e)
        {
            return ConfigurationDecoding.Failed($"failed to decode: json: {e.Message}");
        }
        catch (DecoderFallbackException)
        {
            return ConfigurationDecoding.Failed("failed to decode: the file is not UTF-8");
        }
        catch (InvalidOperationException e)
        {
            // A string with half a surrogate pair is JSON, but no text.
            return ConfigurationDecoding.Failed($"failed to decode: json: {e.Message}");
        }
    }

    /// <summary>Decodes a document.</summary>
    public static ConfigurationDecoding Decode(JsonElement root) => Decode(root, new ConfigurationProblems());

    private static ConfigurationDecoding Decode(JsonElement root, ConfigurationProblems problems)
    {
        if (root.ValueKind != JsonValueKind.Object) return ConfigurationDecoding.Failed("failed to decode: the file is not a section with fields");
        var kind = Header(root, "kind");
        var version = Header(root, "apiVersion");
        if (kind.Length == 0) return ConfigurationDecoding.Failed("failed to decode: Object 'Kind' is missing");
        if (version.Length == 0) return ConfigurationDecoding.Failed("failed to decode: Object 'apiVersion' is missing");
        if (kind != KubeProxyConfiguration.Kind || version != KubeProxyConfiguration.ApiVersion)
        {
            return ConfigurationDecoding.Failed(
                $"got unexpected config type: {version}, Kind={kind} (wanted {KubeProxyConfiguration.ApiVersion}, Kind={KubeProxyConfiguration.Kind})");
        }

        var value = KubeProxyConfigurationSchema.Schema.Read(new KubeProxyConfiguration(), root, problems);
        if (problems.Errors.Count > 0) return ConfigurationDecoding.Failed("failed to decode: " + string.Join("; ", problems.Errors));
        var strict = problems.Strict.Count == 0 ? "" : "strict decoding error: " + string.Join(", ", problems.Strict);
        return new ConfigurationDecoding(value, "", strict);
    }

    private static string Header(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() ?? "" : "";

    private static ReadOnlyMemory<byte> ToJson(ReadOnlySpan<byte> content, ConfigurationProblems problems)
    {
        if (content.StartsWith("\uFEFF"u8)) content = content[3..];
        var text = Utf8.GetString(content);
        return text.AsSpan().TrimStart().StartsWith('{') && IsJson(content) ? content.ToArray() : ConfigurationYaml.ToJson(text, problems);
    }

    /// <summary>Whether a text that begins like JSON is JSON throughout: YAML may begin with a brace too.</summary>
    private static bool IsJson(ReadOnlySpan<byte> content)
    {
        try
        {
            var reader = new Utf8JsonReader(content);
            return JsonDocument.TryParseValue(ref reader, out var document) && Dispose(document) && content[(int)reader.BytesConsumed..].Trim(" \t\r\n"u8).IsEmpty;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static bool Dispose(JsonDocument document)
    {
        document.Dispose();
        return true;
    }
}
