using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Shunt.Proxy.Options.Configuration;

/// <summary>Writes a configuration as JSON, with the names and in the order of kube-proxy's Go type.</summary>
internal static class KubeProxyConfigurationJson
{
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes the configuration as an object: <c>{"kind":"KubeProxyConfiguration",...}</c>.</summary>
    public static void Write(Utf8JsonWriter json, KubeProxyConfiguration configuration) => KubeProxyConfigurationSchema.Schema.Write(json, configuration);

    /// <summary>Writes what <c>/configz</c> serves: the configuration under the name of its group.</summary>
    public static void WriteConfigz(Utf8JsonWriter json, KubeProxyConfiguration configuration)
    {
        json.WriteStartObject();
        json.WritePropertyName(KubeProxyConfiguration.Group);
        Write(json, configuration);
        json.WriteEndObject();
    }

    /// <summary>What <c>/configz</c> serves, as UTF-8.</summary>
    public static ReadOnlyMemory<byte> ToConfigz(KubeProxyConfiguration configuration)
    {
        var bytes = new ArrayBufferWriter<byte>(2048);
        using (var json = new Utf8JsonWriter(bytes, Plain)) WriteConfigz(json, configuration);
        return bytes.WrittenMemory;
    }

    /// <summary>The configuration as UTF-8; the same bytes for the same configuration.</summary>
    public static ReadOnlyMemory<byte> ToUtf8(KubeProxyConfiguration configuration)
    {
        var bytes = new ArrayBufferWriter<byte>(2048);
        using (var json = new Utf8JsonWriter(bytes, Plain)) Write(json, configuration);
        return bytes.WrittenMemory;
    }
}
