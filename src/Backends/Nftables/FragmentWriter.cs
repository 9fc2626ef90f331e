using System.Text;
using Shunt.Model;

namespace Shunt.Backends.Nftables;

/// <summary>Writes the elements of a Service port, in no order. Not thread-safe: it reuses its buffers.</summary>
internal sealed class FragmentWriter
{
    /// <summary>nft allows a comment of 128 bytes, its terminator included.</summary>
    private const int MaxCommentLength = 127;

    private readonly byte[] _key = new byte[FrontendKey.MaxKeyLength];
    private readonly byte[] _value = new byte[32];
    private readonly byte[] _comment = new byte[1024];
    private ElementTape _tape = new();
    private int _commentLength;
    private bool _usesCluster;
    private bool _usesLocal;

    /// <summary>Writes all elements of a Service port.</summary>
    /// <param name="fragment">The Service port.</param>
    /// <param name="node">The node's address of the family.</param>
    /// <param name="tape">Where to.</param>
    public void Write(NftablesFragment fragment, IpAddr node, ElementTape tape)
    {
        _tape = tape;
        _usesCluster = _usesLocal = false;
        WriteComment(fragment.Port.Name);
        Add(SetKind.ClusterIps, fragment.Port.ClusterIp.WriteBytes(_key));
        WriteClusterIp(fragment);
        var externals = fragment.Port.ExternalIps.AsSpan();
        for (var i = 0; i < externals.Length; i++)
        {
            if (fragment.IsFirst(externals, i)) WriteExternal(fragment, fragment.At(externals[i]));
        }

        var vips = fragment.Port.LoadBalancerVips.AsSpan();
        for (var i = 0; i < vips.Length; i++)
        {
            if (!fragment.IsFirst(vips, i)) continue;
            if (!externals.Contains(vips[i])) WriteExternal(fragment, fragment.At(vips[i]));
            WriteFirewall(fragment, fragment.At(vips[i]), node);
        }

        if (fragment.Port.NodePort != 0) WriteExternal(fragment, fragment.NodePort);
        WriteHairpins(fragment);
        if (_usesCluster) WriteList(fragment, fragment.Cluster);
        if (_usesLocal) WriteList(fragment, fragment.Local);
    }

    private void WriteClusterIp(NftablesFragment fragment)
    {
        var frontend = fragment.At(fragment.Port.ClusterIp);
        if (!fragment.Owns(frontend)) return;
        if (fragment.HasAny && !fragment.Internal.IsEmpty)
        {
            WriteChoice(SetKind.Internal, frontend, fragment.Internal, fragment.Port.InternalPolicyLocal);
            WriteEndpoints(SetKind.Endpoints, frontend, fragment.Internal);
        }
        else
        {
            WriteVerdict(fragment, frontend);
        }
    }

    private void WriteExternal(NftablesFragment fragment, FrontendKey frontend)
    {
        if (!fragment.Owns(frontend)) return;
        var nodePort = frontend.IsNodePort;
        if (!fragment.HasAny || fragment.External.IsEmpty) WriteVerdict(fragment, frontend);
        if (!fragment.HasAny) return;
        if (!fragment.Port.ExternalPolicyLocal)
        {
            if (fragment.Cluster.IsEmpty) return;
            WriteChoice(nodePort ? SetKind.NodePorts : SetKind.External, frontend, fragment.Cluster, local: false);
            WriteEndpoints(nodePort ? SetKind.NodePortEndpoints : SetKind.Endpoints, frontend, fragment.Cluster);
            return;
        }

        // Pods and the node itself have access to all endpoints, even when everybody else has to none.
        WriteChoice(nodePort ? SetKind.NodePortsLocal : SetKind.ExternalLocal, frontend, fragment.Cluster, local: false);
        WriteEndpoints(nodePort ? SetKind.NodePortEndpoints : SetKind.Endpoints, frontend, fragment.Cluster);
        if (fragment.Local.IsEmpty) return;
        WriteChoice(nodePort ? SetKind.NodePortsLocalOnly : SetKind.ExternalLocalOnly, frontend, fragment.Local, local: true);
        WriteEndpoints(nodePort ? SetKind.LocalNodePortEndpoints : SetKind.LocalEndpoints, frontend, fragment.Local);
    }

    private void WriteVerdict(NftablesFragment fragment, FrontendKey frontend)
    {
        var set = (fragment.HasAny, frontend.IsNodePort) switch
        {
            (true, true) => SetKind.DropNodePorts,
            (true, false) => SetKind.DropServices,
            (false, true) => SetKind.RejectNodePorts,
            (false, false) => SetKind.RejectServices,
        };
        Add(set, frontend.Write(_key), 0, named: true);
    }

    private void WriteChoice(SetKind map, FrontendKey frontend, EndpointSlots slots, bool local)
    {
        Add(map, frontend.Write(_key), FrontendKey.WriteNumber(_value, slots.Choice), named: true);
        if (local) _usesLocal = true;
        else _usesCluster = true;
    }

    /// <summary>Without affinity, endpoints are found by frontend and index.</summary>
    private void WriteEndpoints(SetKind map, FrontendKey frontend, EndpointSlots slots)
    {
        if (slots.List != 0) return;
        var prefix = frontend.Write(_key);
        for (var slot = 0; slot < slots.Count; slot++)
        {
            var length = prefix + FrontendKey.WriteNumber(_key.AsSpan(prefix), (uint)slot);
            Add(map, length, WriteEndpoint(slots[slot]));
        }
    }

    private int WriteEndpoint(in Endpoint endpoint)
    {
        var length = endpoint.Address.WriteBytes(_value);
        return length + FrontendKey.WritePort(_value.AsSpan(length), endpoint.Port);
    }

    /// <summary>
    /// Who may use a load-balancer IP. If the node itself may, its packets may have taken the load-balancer IP as their source, where that IP is
    /// bound to the node.
    /// </summary>
    private void WriteFirewall(NftablesFragment fragment, FrontendKey frontend, IpAddr node)
    {
        var ranges = fragment.Port.LoadBalancerSourceRanges.AsSpan();
        if (ranges.IsEmpty || !fragment.Owns(frontend)) return;
        var nodeIsAllowed = false;
        foreach (var range in ranges)
        {
            if (range.Length == 0) return; // everybody
            nodeIsAllowed |= range.Contains(node);
        }

        Add(SetKind.Firewall, frontend.Write(_key), 0, named: true);
        for (var i = 0; i < ranges.Length; i++)
        {
            if (!ranges[..i].Contains(ranges[i])) WriteClient(frontend, ranges[i]);
        }

        if (!nodeIsAllowed) return;
        var vips = fragment.Port.LoadBalancerVips.AsSpan();
        for (var i = 0; i < vips.Length; i++)
        {
            var client = IpPrefix.Host(vips[i]);
            if (!vips[..i].Contains(vips[i]) && !ranges.Contains(client)) WriteClient(frontend, client);
        }
    }

    private void WriteClient(FrontendKey frontend, IpPrefix clients)
    {
        var length = frontend.Write(_key);
        length += clients.Address.WriteBytes(_key.AsSpan(length));
        _tape.Add(ElementOperation.Add, new SetId(SetKind.FirewallClients, clients.Length), _key.AsSpan(0, length));
    }

    private void WriteHairpins(NftablesFragment fragment)
    {
        foreach (ref readonly var endpoint in fragment.Service.Selection.Reachable.AsSpan())
        {
            if (!endpoint.IsLocal) continue;
            var length = endpoint.Address.WriteBytes(_key);
            length += new FrontendKey(endpoint.Address, fragment.Port.Name.Protocol, endpoint.Port).Write(_key.AsSpan(length));
            Add(SetKind.HairpinConnections, length);
        }
    }

    private void WriteList(NftablesFragment fragment, EndpointSlots slots)
    {
        if (slots.List == 0 || slots.IsEmpty) return;
        var list = slots.Choice;
        FrontendKey.WriteNumber(_key, list);
        _tape.Add(ElementOperation.Add, new SetId(SetKind.AffinityTimeouts, fragment.Port.Affinity.TimeoutSeconds), _key.AsSpan(0, sizeof(uint)));
        Add(SetKind.StickyLists, sizeof(uint), FrontendKey.WriteNumber(_value, list | (uint)slots.Count), named: true);
        for (var slot = 0; slot < slots.Count; slot++)
        {
            var id = list | slots.Numbers[slot];
            FrontendKey.WriteNumber(_key, list);
            FrontendKey.WriteNumber(_key.AsSpan(sizeof(uint)), (uint)slot);
            Add(SetKind.Sticky, 2 * sizeof(uint), FrontendKey.WriteNumber(_value, id));
            FrontendKey.WriteProtocol(_key, fragment.Port.Name.Protocol);
            FrontendKey.WriteNumber(_key.AsSpan(sizeof(uint)), id);
            Add(SetKind.StickyEndpoints, 2 * sizeof(uint), WriteEndpoint(slots[slot]));
        }
    }

    private void Add(SetKind set, int keyLength, int valueLength = 0, bool named = false) => _tape.Add(
        ElementOperation.Add, new SetId(set), _key.AsSpan(0, keyLength), _value.AsSpan(0, valueLength), _comment.AsSpan(0, named ? _commentLength : 0));

    private void WriteComment(in ServicePortName name)
    {
        var at = Write(name.Namespace, 0);
        _comment[at++] = (byte)'/';
        at = Write(name.Name, at);
        if (name.Port.Length > 0)
        {
            _comment[at++] = (byte)':';
            at = Write(name.Port, at);
        }

        _commentLength = Math.Min(at, MaxCommentLength);

        int Write(string text, int at) => at + Encoding.UTF8.GetBytes(text.AsSpan(0, Math.Min(text.Length, 84)), _comment.AsSpan(at));
    }
}
