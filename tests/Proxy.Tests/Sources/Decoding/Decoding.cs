using System.Text;
using System.Text.Json;
using Shunt.Proxy.Sources.Decoding;
using Shunt.Proxy.State;

namespace Shunt.Proxy.Tests.Sources.Decoding;

/// <summary>Decodes one object of a test. Quotes may be written as apostrophes.</summary>
internal static class Decoding
{
    public static Decoded Decode(ObjectKind kind, ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, ObjectDecoder.JsonOptions);
        reader.Read();
        return ObjectDecoder.For(kind).Decode(ref reader);
    }

    public static Decoded Decode(ObjectKind kind, string json) => Decode(kind, Encoding.UTF8.GetBytes(json.Replace('\'', '"')));

    public static ServiceObject Service(string spec, string more = "") =>
        Sound<ServiceObject>(Decode(ObjectKind.Service, $"{{'metadata':{{'namespace':'shop','name':'web'}},'spec':{{{spec}}}{more}}}"));

    public static EndpointSliceObject Slice(string fields) => Sound<EndpointSliceObject>(Decode(
        ObjectKind.EndpointSlice,
        $"{{'metadata':{{'namespace':'shop','name':'web-x','labels':{{'kubernetes.io/service-name':'web'}}}},{fields}}}"));

    public static T Sound<T>(Decoded decoded)
        where T : ClusterObject
    {
        Assert.Equal("", decoded.Error);
        return Assert.IsType<T>(decoded.Object);
    }
}
