using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text;
using Shunt.Model;
using Shunt.Netlink.Netfilter;

namespace Shunt.Backends.Nftables;

/// <summary>
/// Tells from the kernel alone what is served: frontends carry the names of their Services as comments. Endpoints are looked up one by one, so one
/// Service costs about the same among ten thousand.
/// </summary>
public sealed class ServiceReader : IDisposable
{
    private static readonly ImmutableArray<(SetKind Set, string Kind, string Policy)> Frontends =
    [
        (SetKind.Internal, "ClusterIP", "Cluster"), (SetKind.External, "external", "Cluster"),
        (SetKind.ExternalLocal, "external", "Local (pods, node)"), (SetKind.ExternalLocalOnly, "external", "Local (others)"),
        (SetKind.NodePorts, "NodePort", "Cluster"),
        (SetKind.NodePortsLocal, "NodePort", "Local (pods, node)"), (SetKind.NodePortsLocalOnly, "NodePort", "Local (others)"),
        (SetKind.RejectServices, "address", "-"), (SetKind.DropServices, "address", "-"),
        (SetKind.RejectNodePorts, "NodePort", "-"), (SetKind.DropNodePorts, "NodePort", "-"),
    ];

    private readonly IpFamily _ipFamily;
    private readonly NetfilterFamily _family;
    private readonly NftTables _tables;

    private ServiceReader(IpFamily family, NftTables tables)
    {
        _ipFamily = family;
        _family = family.ToNetfilter();
        _tables = tables;
    }

    /// <summary>Opens the table of one family, in the calling thread's network namespace.</summary>
    /// <exception cref="KernelException">The kernel has no nf_tables, or the process may not.</exception>
    public static ServiceReader Open(IpFamily family) => KernelAccess.Ask(() => new ServiceReader(family, NftTables.Open()));

    /// <summary>What is served, in no order; nothing when our table is not there.</summary>
    /// <param name="service"><c>namespace/name</c> or <c>namespace/name:port</c>; empty for all.</param>
    /// <exception cref="KernelException">It could not be read.</exception>
    public ImmutableArray<ServedFrontend> Read(string service) => KernelAccess.Ask(() =>
    {
        var found = new List<Found>();
        foreach (var (set, kind, policy) in Frontends)
        {
            _tables.DumpElements(_family, NftablesNames.Table, new SetId(set).Name, (found, set, kind, policy, service), static (to, element) =>
            {
                var name = Encoding.UTF8.GetString(NftUserData.ReadComment(element.UserData));
                if (Matches(name, to.service)) to.found.Add(new Found(to.set, to.kind, to.policy, name, element.Key.ToArray(), element.Data.ToArray()));
            });
        }

        var frontends = ImmutableArray.CreateBuilder<ServedFrontend>(found.Count);
        foreach (var frontend in found) frontends.Add(Describe(frontend));
        return frontends.MoveToImmutable();
    });

    /// <inheritdoc/>
    public void Dispose() => _tables.Dispose();

    private static bool Matches(string name, string wanted) =>
        wanted.Length == 0 || name == wanted || (name.Length > wanted.Length && name[wanted.Length] == ':' && name.StartsWith(wanted, StringComparison.Ordinal));

    private ServedFrontend Describe(Found found)
    {
        var key = found.Key.AsSpan();
        var address = key.Length > 2 * sizeof(uint) ? IpAddr.FromBytes(key[..^(2 * sizeof(uint))]) : default;
        var frontend = new ServedFrontend
        {
            Service = found.Name,
            Address = address,
            Protocol = (Protocol)key[^8],
            Port = (ushort)(key[^4] << 8 | key[^3]),
            Kind = found.Kind,
            Policy = found.Policy,
            HasSourceRanges = address.IsValid && Has(SetKind.Firewall, key),
        };
        if (found.Data.Length == 0) return frontend with { Verdict = found.Set is SetKind.DropServices or SetKind.DropNodePorts ? "drop" : "reject" };
        var choice = MemoryMarshal.Read<uint>(found.Data);
        return Choice.IsList(choice)
            ? frontend with { Endpoints = ListEndpoints(choice, key[^8]), AffinitySeconds = Timeout(choice) }
            : frontend with { Endpoints = PlainEndpoints(found.Set, key, choice & ~Choice.KindMask) };
    }

    private ImmutableArray<string> PlainEndpoints(SetKind set, ReadOnlySpan<byte> frontend, uint count)
    {
        var map = set switch
        {
            SetKind.ExternalLocalOnly => SetKind.LocalEndpoints,
            SetKind.NodePortsLocalOnly => SetKind.LocalNodePortEndpoints,
            SetKind.NodePorts or SetKind.NodePortsLocal => SetKind.NodePortEndpoints,
            _ => SetKind.Endpoints,
        };
        var endpoints = ImmutableArray.CreateBuilder<string>();
        Span<byte> key = stackalloc byte[FrontendKey.MaxKeyLength];
        frontend.CopyTo(key);
        for (uint slot = 0; slot < count; slot++)
        {
            var length = frontend.Length + FrontendKey.WriteNumber(key[frontend.Length..], slot);
            endpoints.Add(Endpoint(Get(map, key[..length])));
        }

        return endpoints.ToImmutable();
    }

    private ImmutableArray<string> ListEndpoints(uint list, byte protocol)
    {
        Span<byte> key = stackalloc byte[2 * sizeof(uint)];
        FrontendKey.WriteNumber(key, list);
        if (Get(SetKind.StickyLists, key[..sizeof(uint)]) is not { } counted) return [];
        var count = MemoryMarshal.Read<uint>(counted) & ~Choice.ListMask;
        var endpoints = ImmutableArray.CreateBuilder<string>();
        for (uint slot = 0; slot < count; slot++)
        {
            FrontendKey.WriteNumber(key, list);
            FrontendKey.WriteNumber(key[sizeof(uint)..], slot);
            if (Get(SetKind.Sticky, key) is not { } id) continue;
            FrontendKey.WriteProtocol(key, (Protocol)protocol);
            id.CopyTo(key[sizeof(uint)..]);
            endpoints.Add(Endpoint(Get(SetKind.StickyEndpoints, key)));
        }

        return endpoints.ToImmutable();
    }

    private int Timeout(uint list)
    {
        var sets = new List<SetId>();
        _tables.DumpSets(_family, NftablesNames.Table, sets, static (to, set) =>
        {
            if (SetId.TryParse(set.Name, out var id) && id.Kind == SetKind.AffinityTimeouts) to.Add(id);
        });
        Span<byte> key = stackalloc byte[sizeof(uint)];
        FrontendKey.WriteNumber(key, list);
        foreach (var set in sets)
        {
            if (_tables.TryGetElement(_family, NftablesNames.Table, set.Name, key, 0, static (_, _) => { })) return set.Parameter;
        }

        return 0;
    }

    private bool Has(SetKind set, ReadOnlySpan<byte> key) =>
        _tables.TryGetElement(_family, NftablesNames.Table, new SetId(set).Name, key, 0, static (_, _) => { });

    private byte[]? Get(SetKind map, ReadOnlySpan<byte> key)
    {
        var found = new List<byte[]>(1);
        _tables.TryGetElement(_family, NftablesNames.Table, new SetId(map).Name, key, found, static (to, element) => to.Add(element.Data.ToArray()));
        return found.Count == 0 ? null : found[0];
    }

    private string Endpoint(byte[]? data)
    {
        if (data is null) return "missing";
        var address = IpAddr.FromBytes(data.AsSpan(0, data.Length - sizeof(uint)));
        var port = data[^4] << 8 | data[^3];
        return _ipFamily == IpFamily.IPv4 ? $"{address}:{port}" : $"[{address}]:{port}";
    }

    /// <summary>A frontend as it was found.</summary>
    private sealed record Found(SetKind Set, string Kind, string Policy, string Name, byte[] Key, byte[] Data);
}
