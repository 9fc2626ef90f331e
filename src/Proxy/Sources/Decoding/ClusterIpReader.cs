using System.Collections.Immutable;
using System.Text.Json;
using Shunt.Model;

namespace Shunt.Proxy.Sources.Decoding;

/// <summary>Derives a Service's cluster IPs, at most one per family, from <c>clusterIP</c>, <c>clusterIPs</c> and <c>ipFamilies</c>.</summary>
internal sealed class ClusterIpReader
{
    private const string None = "None";
    private readonly List<Candidate> _clusterIps = [];
    private readonly List<IpFamily> _families = [];
    private Candidate _clusterIp;

    /// <summary><c>clusterIP: None</c>.</summary>
    public bool IsHeadless => _clusterIp.State == State.Headless;

    /// <summary>Forgets the previous Service.</summary>
    public void Reset()
    {
        _clusterIps.Clear();
        _families.Clear();
        _clusterIp = default;
    }

    /// <summary>Reads the property <c>clusterIP</c>.</summary>
    public void ReadClusterIp(ref Utf8JsonReader reader, FieldReader fields)
    {
        reader.Read();
        _clusterIp = ReadCandidate(ref reader, fields, "spec.clusterIP");
    }

    /// <summary>Reads the property <c>clusterIPs</c>.</summary>
    public void ReadClusterIps(ref Utf8JsonReader reader, FieldReader fields)
    {
        reader.Read();
        _clusterIps.Clear();
        if (!fields.BeginArray(ref reader, "spec.clusterIPs")) return;
        for (var i = 0; FieldReader.NextElement(ref reader); i++)
            _clusterIps.Add(ReadCandidate(ref reader, fields, new FieldPath("spec.clusterIPs", i)));
    }

    /// <summary>Reads the property <c>ipFamilies</c>. An unknown family keeps its place, so that the others keep theirs.</summary>
    public void ReadIpFamilies(ref Utf8JsonReader reader, FieldReader fields)
    {
        reader.Read();
        _families.Clear();
        if (!fields.BeginArray(ref reader, "spec.ipFamilies")) return;
        for (var i = 0; FieldReader.NextElement(ref reader); i++)
        {
            var text = fields.Text(ref reader, new FieldPath("spec.ipFamilies", i));
            if (text is not (null or "IPv4" or "IPv6")) fields.Problem(new FieldPath("spec.ipFamilies", i), text, "is neither IPv4 nor IPv6");
            _families.Add(text switch { "IPv4" => IpFamily.IPv4, "IPv6" => IpFamily.IPv6, _ => default });
        }
    }

    /// <summary>The cluster IPs; empty for a Service that is headless or has none yet.</summary>
    public ImmutableArray<IpAddr> Build(FieldReader fields)
    {
        if (_clusterIp.State is State.Unset or State.Headless) return [];
        if (_families.Count == 0) return _clusterIp.Address.IsValid ? [_clusterIp.Address] : [];
        var first = At(0, fields);
        var second = _families.Count > 1 && _families[1] != _families[0] ? At(1, fields) : default;
        if (first.IsValid && second.IsValid) return [first, second];
        return first.IsValid ? [first] : second.IsValid ? [second] : [];
    }

    private IpAddr At(int index, FieldReader fields)
    {
        if (index >= _clusterIps.Count) return default;
        var address = _clusterIps[index].Address;
        if (!address.IsValid || address.Family == _families[index]) return address;
        fields.Problem(new FieldPath("spec.clusterIPs", index), address.ToString(), "is not of the family that spec.ipFamilies names");
        return default;
    }

    private static Candidate ReadCandidate(ref Utf8JsonReader reader, FieldReader fields, in FieldPath path)
    {
        if (reader.TokenType == JsonTokenType.Null) return default;
        if (reader.TokenType == JsonTokenType.String && reader.ValueTextEquals(None)) return new Candidate(State.Headless, default);
        if (reader.TokenType == JsonTokenType.String && reader.ValueSpan.IsEmpty) return default;
        return new Candidate(State.Set, fields.Address(ref reader, path));
    }

    private enum State : byte
    {
        Unset,
        Headless,
        Set,
    }

    /// <summary>A value of one of the two fields; the address is <c>default</c> when it is not valid.</summary>
    private readonly record struct Candidate(State State, IpAddr Address);
}
