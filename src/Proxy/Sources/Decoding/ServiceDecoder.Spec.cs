using System.Text.Json;
using Shunt.Model;
using Shunt.Proxy.State;

namespace Shunt.Proxy.Sources.Decoding;

/// <content>The fields below <c>spec</c> and <c>status</c>.</content>
internal sealed partial class ServiceDecoder
{
    private void ReadSpec(ref Utf8JsonReader reader)
    {
        if (!BeginVitalObject(ref reader, "spec")) return;
        while (FieldReader.NextProperty(ref reader))
        {
            switch (reader.ValueSpan.Length)
            {
                case 4 or 5: ReadTypeOrPorts(ref reader); break;
                case 9 or 10: ReadClusterIps(ref reader); break;
                case 11: ReadExternalIps(ref reader); break;
                default: ReadRareSpecField(ref reader); break;
            }
        }
    }

    private void ReadTypeOrPorts(ref Utf8JsonReader reader)
    {
        if (reader.ValueTextEquals("ports"u8))
        {
            reader.Read();
            ReadPorts(ref reader);
        }
        else if (reader.ValueTextEquals("type"u8))
        {
            reader.Read();
            _spec.Type = ReadType(ref reader);
        }
        else
        {
            FieldReader.SkipProperty(ref reader);
        }
    }

    private void ReadClusterIps(ref Utf8JsonReader reader)
    {
        if (reader.ValueTextEquals("clusterIP"u8)) _clusterIps.ReadClusterIp(ref reader, Fields);
        else if (reader.ValueTextEquals("clusterIPs"u8)) _clusterIps.ReadClusterIps(ref reader, Fields);
        else if (reader.ValueTextEquals("ipFamilies"u8)) _clusterIps.ReadIpFamilies(ref reader, Fields);
        else FieldReader.SkipProperty(ref reader);
    }

    private void ReadExternalIps(ref Utf8JsonReader reader)
    {
        if (!reader.ValueTextEquals("externalIPs"u8))
        {
            FieldReader.SkipProperty(ref reader);
            return;
        }

        reader.Read();
        _externalIps.Clear();
        if (!Fields.BeginArray(ref reader, "spec.externalIPs")) return;
        for (var i = 0; FieldReader.NextElement(ref reader); i++)
        {
            var address = Fields.Address(ref reader, new FieldPath("spec.externalIPs", i));
            if (address.IsValid) _externalIps.Add(address);
        }
    }

    private void ReadRareSpecField(ref Utf8JsonReader reader)
    {
        if (reader.ValueTextEquals("sessionAffinity"u8))
        {
            reader.Read();
            _spec.AffinityClientIp = ReadChoice(ref reader, "spec.sessionAffinity", "ClientIP", "None");
        }
        else if (reader.ValueTextEquals("externalTrafficPolicy"u8))
        {
            reader.Read();
            _spec.ExternalLocal = ReadChoice(ref reader, "spec.externalTrafficPolicy", "Local", "Cluster");
        }
        else if (reader.ValueTextEquals("internalTrafficPolicy"u8))
        {
            reader.Read();
            _spec.InternalLocal = ReadChoice(ref reader, "spec.internalTrafficPolicy", "Local", "Cluster");
        }
        else if (reader.ValueTextEquals("sessionAffinityConfig"u8))
        {
            reader.Read();
            ReadAffinityConfig(ref reader);
        }
        else if (reader.ValueTextEquals("loadBalancerSourceRanges"u8))
        {
            reader.Read();
            ReadSourceRanges(ref reader);
        }
        else if (reader.ValueTextEquals("healthCheckNodePort"u8))
        {
            reader.Read();
            _spec.HealthCheckNodePort = Fields.Port(ref reader, "spec.healthCheckNodePort");
        }
        else
        {
            FieldReader.SkipProperty(ref reader);
        }
    }

    private ServiceType ReadType(ref Utf8JsonReader reader)
    {
        var text = Fields.Text(ref reader, "spec.type");
        switch (text)
        {
            case null or "" or "ClusterIP": return ServiceType.ClusterIP;
            case "NodePort": return ServiceType.NodePort;
            case "LoadBalancer": return ServiceType.LoadBalancer;
            case "ExternalName": return ServiceType.ExternalName;
            default:
                Fields.Problem("spec.type", text, "is not a Service type");
                return ServiceType.ClusterIP;
        }
    }

    /// <summary>True for the first, false for the second or unset and, with a problem, for anything else.</summary>
    private bool ReadChoice(ref Utf8JsonReader reader, string path, string yes, string no)
    {
        var text = Fields.Text(ref reader, path);
        if (text == yes) return true;
        if (!string.IsNullOrEmpty(text) && text != no) Fields.Problem(path, text, $"is neither {yes} nor {no}");
        return false;
    }

    private void ReadAffinityConfig(ref Utf8JsonReader reader)
    {
        if (!Fields.BeginObject(ref reader, "spec.sessionAffinityConfig")) return;
        while (FieldReader.NextProperty(ref reader))
        {
            var isClientIp = reader.ValueTextEquals("clientIP"u8);
            reader.Read();
            if (isClientIp) ReadClientIpConfig(ref reader);
            else reader.Skip();
        }
    }

    private void ReadClientIpConfig(ref Utf8JsonReader reader)
    {
        const string Path = "spec.sessionAffinityConfig.clientIP";
        if (!Fields.BeginObject(ref reader, Path)) return;
        while (FieldReader.NextProperty(ref reader))
        {
            var isTimeout = reader.ValueTextEquals("timeoutSeconds"u8);
            reader.Read();
            if (isTimeout) _spec.AffinitySeconds = Fields.Number(ref reader, Path + ".timeoutSeconds");
            else reader.Skip();
        }
    }

    private void ReadSourceRanges(ref Utf8JsonReader reader)
    {
        _sourceRanges.Clear();
        if (!Fields.BeginArray(ref reader, "spec.loadBalancerSourceRanges")) return;
        var all = (V4: false, V6: false);
        for (var i = 0; FieldReader.NextElement(ref reader); i++)
        {
            var range = Fields.Prefix(ref reader, new FieldPath("spec.loadBalancerSourceRanges", i));
            if (!range.IsValid) continue;
            _sourceRanges.Add(range);
            if (range.Length == 0) all = range.Family == IpFamily.IPv4 ? (true, all.V6) : (all.V4, true);
        }

        // A range that allows everybody makes the family's other ranges pointless: an empty list is what "everybody" looks like.
        if (all.V4) _sourceRanges.RemoveAll(static r => r.Family == IpFamily.IPv4);
        if (all.V6) _sourceRanges.RemoveAll(static r => r.Family == IpFamily.IPv6);
    }

    private void ReadPorts(ref Utf8JsonReader reader)
    {
        _ports.Clear();
        if (!BeginVitalArray(ref reader, "spec.ports")) return;
        for (var i = 0; FieldReader.NextElement(ref reader); i++)
        {
            if (ReadPort(ref reader, i) is { } port) _ports.Add(port);
        }
    }

    private ServicePortSpec? ReadPort(ref Utf8JsonReader reader, int index)
    {
        if (!Fields.BeginObject(ref reader, new FieldPath("spec.ports", index))) return null;
        var name = "";
        Protocol? protocol = Protocol.Tcp;
        long number = 0;
        ushort nodePort = 0;
        while (FieldReader.NextProperty(ref reader))
        {
            if (reader.ValueTextEquals("name"u8))
            {
                reader.Read();
                name = Fields.Text(ref reader, new FieldPath("spec.ports", index, "name")) ?? "";
            }
            else if (reader.ValueTextEquals("protocol"u8))
            {
                reader.Read();
                protocol = Fields.ReadProtocol(ref reader, new FieldPath("spec.ports", index, "protocol"));
            }
            else if (reader.ValueTextEquals("port"u8))
            {
                reader.Read();
                number = Fields.Number(ref reader, new FieldPath("spec.ports", index, "port")) ?? 0;
            }
            else if (reader.ValueTextEquals("nodePort"u8))
            {
                reader.Read();
                nodePort = Fields.Port(ref reader, new FieldPath("spec.ports", index, "nodePort"));
            }
            else
            {
                FieldReader.SkipProperty(ref reader);
            }
        }

        if (number is < 1 or > ushort.MaxValue)
        {
            Fields.Problem(new FieldPath("spec.ports", index, "port"), $"{number} is not a port; the element is left out");
            return null;
        }

        return protocol is { } known ? new ServicePortSpec(name, known, (ushort)number, nodePort) : null;
    }

    private void ReadStatus(ref Utf8JsonReader reader)
    {
        if (!Fields.BeginObject(ref reader, "status")) return;
        while (FieldReader.NextProperty(ref reader))
        {
            var isLoadBalancer = reader.ValueTextEquals("loadBalancer"u8);
            reader.Read();
            if (isLoadBalancer) ReadLoadBalancer(ref reader);
            else reader.Skip();
        }
    }

    private void ReadLoadBalancer(ref Utf8JsonReader reader)
    {
        const string Path = "status.loadBalancer.ingress";
        if (!Fields.BeginObject(ref reader, "status.loadBalancer")) return;
        while (FieldReader.NextProperty(ref reader))
        {
            var isIngress = reader.ValueTextEquals("ingress"u8);
            reader.Read();
            if (!isIngress)
            {
                reader.Skip();
                continue;
            }

            _vips.Clear();
            if (!Fields.BeginArray(ref reader, Path)) continue;
            for (var i = 0; FieldReader.NextElement(ref reader); i++) ReadIngress(ref reader, i);
        }
    }

    private void ReadIngress(ref Utf8JsonReader reader, int index)
    {
        const string Path = "status.loadBalancer.ingress";
        if (!Fields.BeginObject(ref reader, new FieldPath(Path, index))) return;
        IpAddr address = default;
        var isVip = true;
        while (FieldReader.NextProperty(ref reader))
        {
            if (reader.ValueTextEquals("ip"u8))
            {
                reader.Read();
                address = Fields.Address(ref reader, new FieldPath(Path, index, "ip"));
            }
            else if (reader.ValueTextEquals("ipMode"u8))
            {
                reader.Read();
                isVip = IsVip(Fields.Text(ref reader, new FieldPath(Path, index, "ipMode")), index);
            }
            else
            {
                FieldReader.SkipProperty(ref reader);
            }
        }

        if (isVip && address.IsValid) _vips.Add(address);
    }

    private bool IsVip(string? ipMode, int index)
    {
        if (ipMode is null or "VIP") return true;
        if (ipMode != "Proxy") Fields.Problem(new FieldPath("status.loadBalancer.ingress", index, "ipMode"), ipMode, "is neither VIP nor Proxy");
        return false;
    }
}
