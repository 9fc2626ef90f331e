using Shunt.Model;

namespace Shunt.Proxy.State;

/// <summary>Who claims which address, so that two Services that want the same are found without looking at the others.</summary>
internal sealed class ClaimIndex
{
    private readonly Dictionary<AddressClaim, ObjectKey> _first = [];
    private readonly Dictionary<AddressClaim, List<ObjectKey>> _others = [];
    private readonly HashSet<AddressClaim> _wanted = [];

    /// <summary>Makes room for that many claims in all.</summary>
    public void Reserve(int claims) => _first.EnsureCapacity(claims);

    /// <summary>Replaces the claims of one Service.</summary>
    /// <param name="key">The Service.</param>
    /// <param name="before">As it was; null when it is new.</param>
    /// <param name="after">As it is; null when it is gone.</param>
    /// <param name="conflicts">Gets each new claim that another Service has already, with that Service.</param>
    public void Replace(ObjectKey key, ServiceObject? before, ServiceObject? after, List<(AddressClaim Claim, ObjectKey Holder)> conflicts)
    {
        _wanted.Clear();
        CollectClaims(after, _wanted);
        foreach (var claim in _wanted)
        {
            if (Add(claim, key) is { } holder) conflicts.Add((claim, holder));
        }

        if (before is null) return;
        var had = new HashSet<AddressClaim>();
        CollectClaims(before, had);
        foreach (var claim in had)
        {
            if (!_wanted.Contains(claim)) Remove(claim, key);
        }
    }

    /// <returns>Who has it already, if the claim is new and somebody has.</returns>
    private ObjectKey? Add(AddressClaim claim, ObjectKey key)
    {
        if (_first.TryAdd(claim, key)) return null;
        var first = _first[claim];
        if (first == key) return null;
        if (!_others.TryGetValue(claim, out var others)) _others.Add(claim, others = []);
        if (others.Contains(key)) return null;
        others.Add(key);
        return first;
    }

    private void Remove(AddressClaim claim, ObjectKey key)
    {
        if (_others.TryGetValue(claim, out var others))
        {
            if (_first[claim] == key)
            {
                _first[claim] = others[0];
                others.RemoveAt(0);
            }
            else
            {
                others.Remove(key);
            }

            if (others.Count == 0) _others.Remove(claim);
        }
        else
        {
            _first.Remove(claim);
        }
    }

    private static void CollectClaims(ServiceObject? service, HashSet<AddressClaim> claims)
    {
        if (service is null || service.Type == ServiceType.ExternalName) return;
        foreach (var clusterIp in service.ClusterIps)
        {
            foreach (var port in service.Ports)
            {
                claims.Add(new AddressClaim(clusterIp, port.Port, port.Protocol));
                if (port.NodePort != 0) claims.Add(new AddressClaim(default, port.NodePort, port.Protocol));
                CollectClaims(service.ExternalIps.AsSpan(), clusterIp.Family, port, claims);
                CollectClaims(service.LoadBalancerVips.AsSpan(), clusterIp.Family, port, claims);
            }
        }
    }

    private static void CollectClaims(ReadOnlySpan<IpAddr> addresses, IpFamily family, ServicePortSpec port, HashSet<AddressClaim> claims)
    {
        foreach (var address in addresses)
        {
            if (address.Family == family) claims.Add(new AddressClaim(address, port.Port, port.Protocol));
        }
    }
}
