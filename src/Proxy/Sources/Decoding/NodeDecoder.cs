using System.Text.Json;
using Shunt.Model;
using Shunt.Proxy.State;

namespace Shunt.Proxy.Sources.Decoding;

/// <summary>Decodes v1 Nodes: zone, addresses, pod networks, and whether it is about to go.</summary>
internal sealed class NodeDecoder : ObjectDecoder
{
    private readonly List<IpAddr> _internalIps = [];
    private readonly List<IpAddr> _externalIps = [];
    private readonly List<IpPrefix> _podCidrs = [];
    private bool _isMarkedForRemoval;

    // Set by the cluster autoscaler, with whatever value and effect.
    private static ReadOnlySpan<byte> RemovalTaint => "ToBeDeletedByClusterAutoscaler"u8;

    /// <inheritdoc/>
    public override ObjectKind Kind => ObjectKind.Node;

    /// <inheritdoc/>
    protected override bool IsNamespaced => false;

    /// <inheritdoc/>
    protected override bool IsHidden => false;

    /// <inheritdoc/>
    protected override void Reset()
    {
        _internalIps.Clear();
        _externalIps.Clear();
        _podCidrs.Clear();
        _isMarkedForRemoval = false;
    }

    /// <inheritdoc/>
    protected override void ReadField(ref Utf8JsonReader reader)
    {
        var isSpec = reader.ValueTextEquals("spec"u8);
        var isStatus = reader.ValueTextEquals("status"u8);
        reader.Read();
        if (isSpec) ReadSpec(ref reader);
        else if (isStatus) ReadStatus(ref reader);
        else reader.Skip();
    }

    /// <inheritdoc/>
    protected override ClusterObject Build(ObjectKey key) => new NodeObject
    {
        Key = key,
        Zone = Metadata.Zone,
        Addresses = [.. _internalIps, .. _externalIps],
        PodCidrs = Frozen(_podCidrs),
        IsEligible = !Metadata.IsBeingDeleted && !_isMarkedForRemoval,
        Problems = Fields.Problems,
    };

    private void ReadSpec(ref Utf8JsonReader reader)
    {
        if (!Fields.BeginObject(ref reader, "spec")) return;
        while (FieldReader.NextProperty(ref reader))
        {
            var isPodCidrs = reader.ValueTextEquals("podCIDRs"u8);
            var isTaints = reader.ValueTextEquals("taints"u8);
            reader.Read();
            if (isPodCidrs && Fields.BeginArray(ref reader, "spec.podCIDRs")) ReadPodCidrs(ref reader);
            else if (isTaints && Fields.BeginArray(ref reader, "spec.taints")) ReadTaints(ref reader);
            else if (!isPodCidrs && !isTaints) reader.Skip();
        }
    }

    private void ReadTaints(ref Utf8JsonReader reader)
    {
        _isMarkedForRemoval = false;
        for (var i = 0; FieldReader.NextElement(ref reader); i++)
        {
            if (!Fields.BeginObject(ref reader, new FieldPath("spec.taints", i))) continue;
            while (FieldReader.NextProperty(ref reader))
            {
                var isKey = reader.ValueTextEquals("key"u8);
                reader.Read();
                _isMarkedForRemoval |= isKey && reader.TokenType == JsonTokenType.String && reader.ValueTextEquals(RemovalTaint);
                reader.Skip();
            }
        }
    }

    private void ReadPodCidrs(ref Utf8JsonReader reader)
    {
        _podCidrs.Clear();
        for (var i = 0; FieldReader.NextElement(ref reader); i++)
        {
            var cidr = Fields.Prefix(ref reader, new FieldPath("spec.podCIDRs", i));
            if (cidr.IsValid) _podCidrs.Add(cidr);
        }
    }

    private void ReadStatus(ref Utf8JsonReader reader)
    {
        if (!Fields.BeginObject(ref reader, "status")) return;
        while (FieldReader.NextProperty(ref reader))
        {
            var isAddresses = reader.ValueTextEquals("addresses"u8);
            reader.Read();
            if (!isAddresses) reader.Skip();
            else if (Fields.BeginArray(ref reader, "status.addresses")) ReadAddresses(ref reader);
        }
    }

    private void ReadAddresses(ref Utf8JsonReader reader)
    {
        _internalIps.Clear();
        _externalIps.Clear();
        for (var i = 0; FieldReader.NextElement(ref reader); i++)
        {
            if (Fields.BeginObject(ref reader, new FieldPath("status.addresses", i))) ReadAddress(ref reader, i);
        }
    }

    private void ReadAddress(ref Utf8JsonReader reader, int index)
    {
        var path = new FieldPath("status.addresses", index, "address");
        string? type = null;
        string? text = null;
        while (FieldReader.NextProperty(ref reader))
        {
            var isType = reader.ValueTextEquals("type"u8);
            var isAddress = reader.ValueTextEquals("address"u8);
            reader.Read();
            if (isType) type = Fields.Text(ref reader, new FieldPath("status.addresses", index, "type"));
            else if (isAddress) text = Fields.Text(ref reader, path);
            else reader.Skip();
        }

        var list = type switch { "InternalIP" => _internalIps, "ExternalIP" => _externalIps, _ => null };
        if (list is null || string.IsNullOrEmpty(text)) return;
        if (IpAddr.TryParse(text, out var address)) list.Add(address);
        else Fields.Problem(path, text, "is not an IP address");
    }
}
