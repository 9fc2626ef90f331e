using System.Text.Json;
using Shunt.Model;
using Shunt.Proxy.State;

namespace Shunt.Proxy.Sources.Decoding;

/// <summary>Decodes v1 Services, as spec.* and status.loadBalancer decide their rules.</summary>
internal sealed partial class ServiceDecoder : ObjectDecoder
{
    private const int DefaultAffinitySeconds = 10800;
    private const int MaxAffinitySeconds = 86400;

    private readonly List<ServicePortSpec> _ports = [];
    private readonly SharedLists<ServicePortSpec> _portLists = new();
    private readonly List<IpAddr> _externalIps = [];
    private readonly List<IpAddr> _vips = [];
    private readonly List<IpPrefix> _sourceRanges = [];
    private readonly ClusterIpReader _clusterIps = new();
    private ServiceSpecFields _spec;

    /// <inheritdoc/>
    public override ObjectKind Kind => ObjectKind.Service;

    /// <inheritdoc/>
    protected override bool IsNamespaced => true;

    /// <inheritdoc/>
    protected override bool IsHidden => Metadata.HasServiceProxyName || _clusterIps.IsHeadless;

    /// <inheritdoc/>
    protected override void Reset()
    {
        _ports.Clear();
        _externalIps.Clear();
        _vips.Clear();
        _sourceRanges.Clear();
        _clusterIps.Reset();
        _spec = default;
    }

    /// <inheritdoc/>
    protected override void ReadField(ref Utf8JsonReader reader)
    {
        if (reader.ValueTextEquals("spec"u8))
        {
            reader.Read();
            ReadSpec(ref reader);
        }
        else if (reader.ValueTextEquals("status"u8))
        {
            reader.Read();
            ReadStatus(ref reader);
        }
        else
        {
            FieldReader.SkipProperty(ref reader);
        }
    }

    /// <inheritdoc/>
    protected override ClusterObject? Build(ObjectKey key)
    {
        if (!HaveSafePortNames(key)) return null;
        return new ServiceObject
        {
            Key = key,
            Type = _spec.Type,
            ClusterIps = _clusterIps.Build(Fields),
            Ports = _portLists.Of(_ports),
            ExternalIps = Frozen(_externalIps),
            LoadBalancerVips = Frozen(_vips),
            LoadBalancerSourceRanges = Frozen(_sourceRanges),
            Affinity = BuildAffinity(),
            ExternalTrafficPolicyLocal = _spec.ExternalLocal,
            InternalTrafficPolicyLocal = _spec.InternalLocal,
            HealthCheckNodePort = _spec.HealthCheckNodePort,
            Problems = Fields.Problems,
        };
    }

    private bool HaveSafePortNames(ObjectKey key)
    {
        var room = ObjectNames.MaxServicePortLength - key.Namespace.Length - key.Name.Length - 2;
        if (room < 0) Fatal("metadata.name: is too long for the comment of a rule");
        foreach (var port in _ports)
        {
            if (port.Name.Length > 0 && !ObjectNames.IsSafe(port.Name))
                Fatal($"spec.ports: {ObjectNames.Quote(port.Name)} is not a usable port name");
            else if (port.Name.Length > room)
                Fatal($"spec.ports: {ObjectNames.Quote(port.Name)} is too long for the comment of a rule");
        }

        return !IsFatal;
    }

    private SessionAffinity BuildAffinity()
    {
        if (!_spec.AffinityClientIp) return default;
        const string Path = "spec.sessionAffinityConfig.clientIP.timeoutSeconds";
        if (_spec.AffinitySeconds is not { } seconds) return new SessionAffinity(true, DefaultAffinitySeconds);
        if (seconds is > 0 and <= MaxAffinitySeconds) return new SessionAffinity(true, (int)seconds);
        Fields.Problem(Path, $"{seconds} is not between 1 and {MaxAffinitySeconds}; {DefaultAffinitySeconds} is used");
        return new SessionAffinity(true, DefaultAffinitySeconds);
    }

    /// <summary>The single-valued fields of the Service being read.</summary>
    private struct ServiceSpecFields
    {
        public ServiceType Type;
        public bool AffinityClientIp;
        public long? AffinitySeconds;
        public bool ExternalLocal;
        public bool InternalLocal;
        public ushort HealthCheckNodePort;
    }
}
