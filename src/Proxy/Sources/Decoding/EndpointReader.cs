using System.Collections.Immutable;
using System.Text.Json;
using Shunt.Model;
using Shunt.Proxy.State;

namespace Shunt.Proxy.Sources.Decoding;

/// <summary>Reads one element of an EndpointSlice's <c>endpoints</c>.</summary>
internal sealed class EndpointReader(FieldReader fields)
{
    private const string List = "endpoints";
    private readonly List<string> _names = [];
    private readonly SharedLists<string> _hints = new();

    /// <summary>Reads the element; null, with a problem, when it has no usable address of the slice's family.</summary>
    public EndpointSpec? Read(ref Utf8JsonReader reader, int index, IpFamily family)
    {
        if (!fields.BeginObject(ref reader, new FieldPath(List, index))) return null;
        (bool? Ready, bool? Serving, bool? Terminating) conditions = default;
        IpAddr? address = null;
        var endpoint = new EndpointSpec { NodeName = "" };
        while (FieldReader.NextProperty(ref reader))
        {
            if (reader.ValueTextEquals("addresses"u8))
            {
                reader.Read();
                address = ReadAddress(ref reader, index);
            }
            else if (reader.ValueTextEquals("conditions"u8))
            {
                reader.Read();
                conditions = ReadConditions(ref reader, index);
            }
            else if (reader.ValueTextEquals("nodeName"u8))
            {
                reader.Read();
                endpoint = endpoint with { NodeName = fields.Text(ref reader, new FieldPath(List, index, "nodeName")) ?? "" };
            }
            else if (reader.ValueTextEquals("hints"u8))
            {
                reader.Read();
                ReadHints(ref reader, index, ref endpoint);
            }
            else
            {
                FieldReader.SkipProperty(ref reader);
            }
        }

        if (!HasFamily(address, family, index)) return null;
        return endpoint with
        {
            Address = address!.Value, // HasFamily said so.
            Ready = conditions.Ready ?? true,
            Serving = conditions.Serving ?? true,
            Terminating = conditions.Terminating ?? false,
        };
    }

    private bool HasFamily(IpAddr? address, IpFamily family, int index)
    {
        if (address is null) fields.Problem(new FieldPath(List, index, "addresses"), "is empty; the element is left out");
        if (address is not { IsValid: true } known) return false;
        if (known.Family == family) return true;
        fields.Problem(new FieldPath(List, index, "addresses[0]"), known.ToString(), $"is not an {family} address; the element is left out");
        return false;
    }

    private IpAddr? ReadAddress(ref Utf8JsonReader reader, int index)
    {
        if (!fields.BeginArray(ref reader, new FieldPath(List, index, "addresses"))) return null;
        IpAddr? first = null;
        while (FieldReader.NextElement(ref reader))
        {
            if (first is null) first = ReadFirstAddress(ref reader, index);
            else reader.Skip();
        }

        return first;
    }

    private IpAddr ReadFirstAddress(ref Utf8JsonReader reader, int index)
    {
        var path = new FieldPath(List, index, "addresses[0]");
        var address = fields.Address(ref reader, path);
        if (!address.IsValid && (reader.TokenType == JsonTokenType.Null || IsBlank(reader))) fields.Problem(path, "is empty; the element is left out");
        return address;
    }

    private static bool IsBlank(in Utf8JsonReader reader) =>
        reader.TokenType == JsonTokenType.String && reader.ValueSpan.IndexOfAnyExcept((byte)' ', (byte)'\t') < 0;

    private (bool? Ready, bool? Serving, bool? Terminating) ReadConditions(ref Utf8JsonReader reader, int index)
    {
        (bool? Ready, bool? Serving, bool? Terminating) read = default;
        if (!fields.BeginObject(ref reader, new FieldPath(List, index, "conditions"))) return read;
        while (FieldReader.NextProperty(ref reader))
        {
            if (reader.ValueTextEquals("ready"u8)) read.Ready = Condition(ref reader, index, "conditions.ready");
            else if (reader.ValueTextEquals("serving"u8)) read.Serving = Condition(ref reader, index, "conditions.serving");
            else if (reader.ValueTextEquals("terminating"u8)) read.Terminating = Condition(ref reader, index, "conditions.terminating");
            else FieldReader.SkipProperty(ref reader);
        }

        return read;
    }

    private bool? Condition(ref Utf8JsonReader reader, int index, string member)
    {
        reader.Read();
        return fields.Boolean(ref reader, new FieldPath(List, index, member));
    }

    private void ReadHints(ref Utf8JsonReader reader, int index, ref EndpointSpec endpoint)
    {
        if (!fields.BeginObject(ref reader, new FieldPath(List, index, "hints"))) return;
        while (FieldReader.NextProperty(ref reader))
        {
            var forZones = reader.ValueTextEquals("forZones"u8);
            var forNodes = reader.ValueTextEquals("forNodes"u8);
            reader.Read();
            if (forZones) endpoint = endpoint with { ZoneHints = ReadNames(ref reader, new FieldPath(List, index, "hints.forZones")) };
            else if (forNodes) endpoint = endpoint with { NodeHints = ReadNames(ref reader, new FieldPath(List, index, "hints.forNodes")) };
            else reader.Skip();
        }
    }

    private ImmutableArray<string> ReadNames(ref Utf8JsonReader reader, in FieldPath path)
    {
        _names.Clear();
        if (!fields.BeginArray(ref reader, path)) return default;
        while (FieldReader.NextElement(ref reader))
        {
            if (!fields.BeginObject(ref reader, path)) continue;
            while (FieldReader.NextProperty(ref reader))
            {
                var isName = reader.ValueTextEquals("name"u8);
                reader.Read();
                if (!isName) reader.Skip();
                else if (fields.Text(ref reader, path) is { } name) _names.Add(name);
            }
        }

        return _names.Count == 0 ? default : _hints.Of(_names);
    }
}
