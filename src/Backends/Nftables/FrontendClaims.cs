using System.Collections.Immutable;
using Shunt.Model;

namespace Shunt.Backends.Nftables;

/// <summary>
/// Who has which frontend, and which elements belong to several Service ports. A map has one value for a key, so of those that claim a frontend
/// the first in key order gets it, whatever came first. It goes along with the latest program; an older program makes itself a new one.
/// </summary>
internal sealed class FrontendClaims
{
    private readonly Dictionary<FrontendKey, ServicePortName> _owners = [];
    private readonly Dictionary<FrontendKey, SortedSet<ServicePortName>> _contested = [];
    private readonly Dictionary<IpAddr, int> _clusterIps = [];
    private readonly Dictionary<FrontendKey, int> _hairpins = [];
    private readonly Dictionary<int, (ServicePortName Name, bool Local)> _lists = [];

    /// <summary>Grows with every change; tells a program whether these are its claims.</summary>
    public long Version { get; private set; }

    /// <summary>Some Service port has elements for the cluster IP.</summary>
    public bool IsClusterIp(IpAddr address) => _clusterIps.ContainsKey(address);

    /// <summary>Some Service port has the local endpoint.</summary>
    public bool IsHairpin(FrontendKey endpoint) => _hairpins.ContainsKey(endpoint);

    /// <summary>Adds a Service port.</summary>
    /// <param name="service">The Service port.</param>
    /// <param name="affected">Gets the Service ports that lose a frontend to it; null where all are compiled anyway.</param>
    public void Add(ServiceEndpoints service, HashSet<ServicePortName>? affected)
    {
        Version++;
        var name = service.Port.Name;
        ForEachFrontend(service.Port, (this, name, affected), static (to, frontend) => to.Item1.Claim(frontend, to.name, to.affected));
        Count(_clusterIps, service.Port.ClusterIp, 1);
        foreach (ref readonly var endpoint in service.Selection.Reachable.AsSpan())
        {
            if (endpoint.IsLocal) Count(_hairpins, new FrontendKey(endpoint.Address, name.Protocol, endpoint.Port), 1);
        }
    }

    /// <summary>Removes a Service port; its affinity lists stay its own until <see cref="ReleaseList"/>.</summary>
    /// <param name="service">The Service port, as it was added.</param>
    /// <param name="affected">Gets the Service ports that get a frontend of it.</param>
    public void Remove(ServiceEndpoints service, HashSet<ServicePortName> affected)
    {
        Version++;
        var name = service.Port.Name;
        ForEachFrontend(service.Port, (this, name, affected), static (to, frontend) => to.Item1.Release(frontend, to.name, to.affected));
        Count(_clusterIps, service.Port.ClusterIp, -1);
        foreach (ref readonly var endpoint in service.Selection.Reachable.AsSpan())
        {
            if (endpoint.IsLocal) Count(_hairpins, new FrontendKey(endpoint.Address, name.Protocol, endpoint.Port), -1);
        }
    }

    /// <summary>The frontends of a Service port that others have.</summary>
    public ImmutableArray<FrontendKey> Lost(ServicePort port)
    {
        if (_contested.Count == 0) return [];
        var lost = ImmutableArray.CreateBuilder<FrontendKey>();
        ForEachFrontend(port, (this, port.Name, lost), static (to, frontend) =>
        {
            if (to.Item1._owners[frontend] != to.Name && !to.lost.Contains(frontend)) to.lost.Add(frontend);
        });
        return lost.ToImmutable();
    }

    /// <summary>A number for an affinity list that nobody else has.</summary>
    /// <param name="name">The Service port.</param>
    /// <param name="local">The list of its local endpoints.</param>
    /// <param name="hint">The number it had; zero for none.</param>
    /// <returns>Zero when there are as many lists as can be.</returns>
    public int TakeList(in ServicePortName name, bool local, int hint)
    {
        Version++;
        if (hint != 0 && TryTakeList(hint, name, local)) return hint;
        var hash = StableHash.Of([(char)name.Protocol, local ? 'l' : 'c'], StableHash.Of(name.Port, StableHash.Of(name.Name, StableHash.Of(name.Namespace, 0))));
        var number = (int)(hash % Choice.MaxLists) + 1;
        for (var tries = 0; tries < Choice.MaxLists; tries++)
        {
            if (TryTakeList(number, name, local)) return number;
            number = number % Choice.MaxLists + 1;
        }

        return 0;
    }

    /// <summary>The list has no endpoints and no frontends any more.</summary>
    public void ReleaseList(int number)
    {
        Version++;
        _lists.Remove(number);
    }

    private bool TryTakeList(int number, in ServicePortName name, bool local)
    {
        if (_lists.TryAdd(number, (name, local))) return true;
        return _lists[number] == (name, local);
    }

    private void Claim(FrontendKey frontend, ServicePortName name, HashSet<ServicePortName>? affected)
    {
        if (_owners.TryAdd(frontend, name)) return;
        var owner = _owners[frontend];
        if (owner == name) return;
        if (!_contested.TryGetValue(frontend, out var claimants)) _contested.Add(frontend, claimants = [owner]);
        claimants.Add(name);
        if (claimants.Min == owner) return;
        _owners[frontend] = name;
        affected?.Add(owner);
    }

    private void Release(FrontendKey frontend, ServicePortName name, HashSet<ServicePortName> affected)
    {
        if (!_contested.TryGetValue(frontend, out var claimants))
        {
            if (_owners.TryGetValue(frontend, out var only) && only == name) _owners.Remove(frontend);
            return;
        }

        claimants.Remove(name);
        if (_owners[frontend] == name) affected.Add(_owners[frontend] = claimants.Min);
        if (claimants.Count == 1) _contested.Remove(frontend);
    }

    private static void Count<TKey>(Dictionary<TKey, int> counts, TKey key, int change)
        where TKey : notnull
    {
        var count = counts.GetValueOrDefault(key) + change;
        if (count == 0) counts.Remove(key);
        else counts[key] = count;
    }

    /// <summary>The same frontend may come more than once.</summary>
    private static void ForEachFrontend<TState>(ServicePort port, TState state, Action<TState, FrontendKey> action)
    {
        action(state, new FrontendKey(port.ClusterIp, port.Name.Protocol, port.Port));
        foreach (var address in port.ExternalIps) action(state, new FrontendKey(address, port.Name.Protocol, port.Port));
        foreach (var address in port.LoadBalancerVips) action(state, new FrontendKey(address, port.Name.Protocol, port.Port));
        if (port.NodePort != 0) action(state, new FrontendKey(default, port.Name.Protocol, port.NodePort));
    }
}
