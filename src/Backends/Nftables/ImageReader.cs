using System.Runtime.InteropServices;
using Shunt.Model;

namespace Shunt.Backends.Nftables;

/// <summary>Finds in what was read from the kernel what an earlier process chose for a Service port: slots, list and endpoint numbers.</summary>
internal sealed class ImageReader(NftablesImage image)
{
    /// <summary>Reads what is there of one list of endpoints.</summary>
    /// <param name="port">The Service port.</param>
    /// <param name="local">The list of its local endpoints.</param>
    /// <param name="slots">Gets the endpoints, slot by slot.</param>
    /// <param name="numbers">Gets the endpoints' numbers, if it is an affinity list.</param>
    /// <returns>The affinity list's number; zero for none.</returns>
    public int Read(ServicePort port, bool local, List<(IpAddr Address, ushort Port)> slots, Dictionary<(IpAddr Address, ushort Port), ushort> numbers)
    {
        var cluster = new FrontendKey(port.ClusterIp, port.Name.Protocol, port.Port);
        if (port.InternalPolicyLocal == local && TryRead(SetKind.Internal, SetKind.Endpoints, cluster, slots, numbers, out var list)) return list;
        var (choices, endpoints, nodePortChoices, nodePortEndpoints) = (local, port.ExternalPolicyLocal) switch
        {
            (true, _) => (SetKind.ExternalLocalOnly, SetKind.LocalEndpoints, SetKind.NodePortsLocalOnly, SetKind.LocalNodePortEndpoints),
            (_, true) => (SetKind.ExternalLocal, SetKind.Endpoints, SetKind.NodePortsLocal, SetKind.NodePortEndpoints),
            _ => (SetKind.External, SetKind.Endpoints, SetKind.NodePorts, SetKind.NodePortEndpoints),
        };
        if (port.NodePort != 0)
        {
            var nodePort = new FrontendKey(default, port.Name.Protocol, port.NodePort);
            if (TryRead(nodePortChoices, nodePortEndpoints, nodePort, slots, numbers, out list)) return list;
        }

        foreach (var address in port.LoadBalancerVips.IsEmpty ? port.ExternalIps : port.LoadBalancerVips)
        {
            if (TryRead(choices, endpoints, cluster with { Address = address }, slots, numbers, out list)) return list;
        }

        return 0;
    }

    private bool TryRead(
        SetKind choices, SetKind endpoints, FrontendKey frontend, List<(IpAddr, ushort)> slots, Dictionary<(IpAddr, ushort), ushort> numbers, out int list)
    {
        list = 0;
        Span<byte> key = stackalloc byte[FrontendKey.MaxKeyLength];
        var length = frontend.Write(key);
        if (!TryFind(choices, key[..length], out var element)) return false;
        var choice = MemoryMarshal.Read<uint>(element.Data);
        if (Choice.IsList(choice))
        {
            list = Choice.ListNumber(choice);
            ReadList(choice, frontend.Protocol, slots, numbers);
            return true;
        }

        for (uint slot = 0; TryFind(endpoints, key[..(length + FrontendKey.WriteNumber(key[length..], slot))], out element); slot++)
        {
            slots.Add(Endpoint(element.Data));
        }

        return true;
    }

    private void ReadList(uint list, Protocol protocol, List<(IpAddr, ushort)> slots, Dictionary<(IpAddr, ushort), ushort> numbers)
    {
        Span<byte> key = stackalloc byte[2 * sizeof(uint)];
        for (uint slot = 0; ; slot++)
        {
            FrontendKey.WriteNumber(key, list);
            FrontendKey.WriteNumber(key[sizeof(uint)..], slot);
            if (!TryFind(SetKind.Sticky, key, out var element)) return;
            var id = MemoryMarshal.Read<uint>(element.Data);
            FrontendKey.WriteProtocol(key, protocol);
            FrontendKey.WriteNumber(key[sizeof(uint)..], id);
            if (!TryFind(SetKind.StickyEndpoints, key, out element)) return;
            var endpoint = Endpoint(element.Data);
            slots.Add(endpoint);
            numbers[endpoint] = (ushort)(id & ~Choice.ListMask);
        }
    }

    private bool TryFind(SetKind set, ReadOnlySpan<byte> key, out ElementRecord element) => image.Elements.TryFind(new SetId(set), key, out element);

    private static (IpAddr Address, ushort Port) Endpoint(ReadOnlySpan<byte> data)
    {
        var address = IpAddr.FromBytes(data[..^sizeof(uint)]);
        return (address, (ushort)(data[^4] << 8 | data[^3]));
    }
}
