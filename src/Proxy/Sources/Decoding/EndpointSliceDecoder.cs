using System.Text.Json;
using Shunt.Model;
using Shunt.Proxy.State;

namespace Shunt.Proxy.Sources.Decoding;

/// <summary>Decodes discovery.k8s.io/v1 EndpointSlices.</summary>
internal sealed class EndpointSliceDecoder : ObjectDecoder
{
    /// <summary>
    /// A port without a name gets the empty one, as an API server would give it when the object is created; for objects that have not been
    /// through one.
    /// </summary>
    public bool AppliesDefaults { get; init; }

    private readonly List<EndpointPortSpec> _ports = [];
    private readonly SharedLists<EndpointPortSpec> _portLists = new();
    private readonly List<EndpointSpec> _endpoints = [];
    private readonly EndpointReader _endpointReader;
    private IpFamily? _addressType;
    private bool _typeIsKnown;

    /// <summary>Creates the decoder.</summary>
    public EndpointSliceDecoder() => _endpointReader = new EndpointReader(Fields);

    /// <inheritdoc/>
    public override ObjectKind Kind => ObjectKind.EndpointSlice;

    /// <inheritdoc/>
    protected override bool IsNamespaced => true;

    /// <inheritdoc/>
    protected override bool IsHidden => Metadata.HasHeadless;

    /// <inheritdoc/>
    protected override void Reset()
    {
        _ports.Clear();
        _endpoints.Clear();
        _addressType = null;
        _typeIsKnown = false;
    }

    /// <inheritdoc/>
    protected override void ReadField(ref Utf8JsonReader reader)
    {
        if (reader.ValueTextEquals("endpoints"u8))
        {
            reader.Read();
            ReadEndpoints(ref reader);
        }
        else if (reader.ValueTextEquals("ports"u8))
        {
            reader.Read();
            ReadPorts(ref reader);
        }
        else if (reader.ValueTextEquals("addressType"u8))
        {
            reader.Read();
            ReadAddressType(ref reader);
        }
        else
        {
            FieldReader.SkipProperty(ref reader);
        }
    }

    /// <inheritdoc/>
    protected override ClusterObject? Build(ObjectKey key)
    {
        if (IsFatal) return null;
        if (!_typeIsKnown) Fields.Problem("addressType", "is not set");
        return new EndpointSliceObject
        {
            Key = key,
            ServiceName = Metadata.ServiceName,
            AddressType = _addressType,
            Ports = _portLists.Of(_ports),
            Endpoints = _addressType is null ? [] : Frozen(_endpoints),
            LastChangeTriggerTime = Metadata.LastChangeTriggerTime,
            Problems = Fields.Problems,
        };
    }

    private void ReadAddressType(ref Utf8JsonReader reader)
    {
        var text = Fields.Text(ref reader, "addressType");
        _addressType = text switch { "IPv4" => IpFamily.IPv4, "IPv6" => IpFamily.IPv6, _ => null };
        _typeIsKnown = !string.IsNullOrEmpty(text);
        if (_typeIsKnown && _addressType is null && text != "FQDN") Fields.Problem("addressType", text!, "is not an address type");
    }

    private void ReadEndpoints(ref Utf8JsonReader reader)
    {
        _endpoints.Clear();
        if (!BeginVitalArray(ref reader, "endpoints")) return;
        var family = _typeIsKnown ? _addressType : PeekAddressType(reader);
        for (var i = 0; FieldReader.NextElement(ref reader); i++)
        {
            if (family is null) reader.Skip();
            else if (_endpointReader.Read(ref reader, i, family.Value) is { } endpoint) _endpoints.Add(endpoint);
        }
    }

    /// <summary>
    /// The address type, when the endpoints come first: legal JSON, though neither the API server nor kubectl writes it. The reader is a copy.
    /// </summary>
    private static IpFamily? PeekAddressType(Utf8JsonReader reader)
    {
        reader.Skip();
        while (FieldReader.NextProperty(ref reader))
        {
            var found = reader.ValueTextEquals("addressType"u8);
            reader.Read();
            if (found && reader.TokenType == JsonTokenType.String)
                return reader.ValueTextEquals("IPv4"u8) ? IpFamily.IPv4 : reader.ValueTextEquals("IPv6"u8) ? IpFamily.IPv6 : null;
            reader.Skip();
        }

        return null;
    }

    private void ReadPorts(ref Utf8JsonReader reader)
    {
        _ports.Clear();
        if (!BeginVitalArray(ref reader, "ports")) return;
        for (var i = 0; FieldReader.NextElement(ref reader); i++)
        {
            if (ReadPort(ref reader, i) is { } port) _ports.Add(port);
        }
    }

    private EndpointPortSpec? ReadPort(ref Utf8JsonReader reader, int index)
    {
        if (!Fields.BeginObject(ref reader, new FieldPath("ports", index))) return null;
        var name = AppliesDefaults ? "" : null;
        Protocol? protocol = Protocol.Tcp;
        long? number = null;
        while (FieldReader.NextProperty(ref reader))
        {
            if (reader.ValueTextEquals("name"u8))
            {
                reader.Read();
                name = Fields.Text(ref reader, new FieldPath("ports", index, "name"));
            }
            else if (reader.ValueTextEquals("port"u8))
            {
                reader.Read();
                number = Fields.Number(ref reader, new FieldPath("ports", index, "port"));
            }
            else if (reader.ValueTextEquals("protocol"u8))
            {
                reader.Read();
                protocol = Fields.ReadProtocol(ref reader, new FieldPath("ports", index, "protocol"));
            }
            else
            {
                FieldReader.SkipProperty(ref reader);
            }
        }

        return CheckPort(index, name, protocol, number);
    }

    private EndpointPortSpec? CheckPort(int index, string? name, Protocol? protocol, long? number)
    {
        if (name is null)
            Fields.Problem(new FieldPath("ports", index, "name"), "is not set; the element is left out");
        else if (name.Length > 0 && !ObjectNames.IsSafe(name))
            Fields.Problem(new FieldPath("ports", index, "name"), name, "is not a usable port name; the element is left out");
        else if (number is null)
            Fields.Problem(new FieldPath("ports", index, "port"), "is not set; the element is left out");
        else if (number is < 1 or > ushort.MaxValue)
            Fields.Problem(new FieldPath("ports", index, "port"), $"{number} is not a port; the element is left out");
        else if (protocol is { } known)
            return new EndpointPortSpec(name, known, (ushort)number);
        return null;
    }
}
