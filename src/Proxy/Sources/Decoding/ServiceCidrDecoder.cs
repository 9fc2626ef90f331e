using System.Text.Json;
using Shunt.Model;
using Shunt.Proxy.State;

namespace Shunt.Proxy.Sources.Decoding;

/// <summary>Decodes networking.k8s.io/v1 ServiceCIDRs.</summary>
internal sealed class ServiceCidrDecoder : ObjectDecoder
{
    private readonly List<IpPrefix> _cidrs = [];

    /// <inheritdoc/>
    public override ObjectKind Kind => ObjectKind.ServiceCidr;

    /// <inheritdoc/>
    protected override bool IsNamespaced => false;

    /// <inheritdoc/>
    protected override bool IsHidden => false;

    /// <inheritdoc/>
    protected override void Reset() => _cidrs.Clear();

    /// <inheritdoc/>
    protected override void ReadField(ref Utf8JsonReader reader)
    {
        var isSpec = reader.ValueTextEquals("spec"u8);
        reader.Read();
        if (!isSpec) reader.Skip();
        else if (BeginVitalObject(ref reader, "spec")) ReadSpec(ref reader);
    }

    /// <inheritdoc/>
    protected override ClusterObject? Build(ObjectKey key) =>
        IsFatal ? null : new ServiceCidrObject { Key = key, Cidrs = Frozen(_cidrs), Problems = Fields.Problems };

    private void ReadSpec(ref Utf8JsonReader reader)
    {
        while (FieldReader.NextProperty(ref reader))
        {
            var isCidrs = reader.ValueTextEquals("cidrs"u8);
            reader.Read();
            if (!isCidrs) reader.Skip();
            else if (BeginVitalArray(ref reader, "spec.cidrs")) ReadCidrs(ref reader);
        }
    }

    private void ReadCidrs(ref Utf8JsonReader reader)
    {
        _cidrs.Clear();
        for (var i = 0; FieldReader.NextElement(ref reader); i++)
        {
            var cidr = Fields.Prefix(ref reader, new FieldPath("spec.cidrs", i));
            if (cidr.IsValid) _cidrs.Add(cidr);
        }
    }
}
