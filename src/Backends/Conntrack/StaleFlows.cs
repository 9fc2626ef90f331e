using System.Collections.Immutable;
using Shunt.Model;

namespace Shunt.Backends.Conntrack;

/// <summary>
/// Remembers, for one family, after which changes of Services tracked flows may lead nowhere, until they have been looked at. UDP and SCTP
/// only: the kernel sends the next packet of a known flow where it sent the last one, whatever the rules say now, and clients of these have no
/// handshake that would tell them. A change costs what it changed.
/// </summary>
public sealed class StaleFlows
{
    /// <summary>When more is due than this, because it could not be looked at for long, everything is.</summary>
    internal const int MaxDue = 16_384;

    private readonly FrontendIndex _index = new();
    private readonly Dictionary<Frontend, List<ServiceEndpoints>> _due = [];
    private readonly List<Frontend> _before = [];
    private readonly List<Frontend> _after = [];
    private int _dueSize;
    private bool _everything;
    private bool _nodePorts;

    /// <summary>Flows have to be looked at.</summary>
    public bool IsDue => _everything || _due.Count > 0;

    /// <summary>Node ports are among what has to be looked at, so <see cref="FlowScope.NodeAddresses"/> will matter.</summary>
    public bool NeedsNodeAddresses => _everything || _nodePorts;

    /// <summary>
    /// Starts afresh: this is in force, and what was before is not known, or does not matter since all flows have to be looked at. What is due
    /// stays due.
    /// </summary>
    public void Restart(ImmutableSortedDictionary<ServicePortName, ServiceEndpoints> inForce)
    {
        ArgumentNullException.ThrowIfNull(inForce);
        _everything = true;
        _index.Clear();
        foreach (var (name, service) in inForce)
        {
            if (IsConcerned(name.Protocol)) _index.Replace(null, service);
        }
    }

    /// <summary>A Service port came into force in the place of what it was.</summary>
    /// <param name="before">As it was; null when it is new.</param>
    /// <param name="after">As it is; null when it is gone.</param>
    public void Replace(ServiceEndpoints? before, ServiceEndpoints? after)
    {
        if ((after ?? before) is not { } either || !IsConcerned(either.Port.Name.Protocol)) return;
        _index.Replace(before, after);
        if (!Matters(before, after)) return;
        Frontend.Collect(before?.Port, _before);
        foreach (var frontend in _before) MakeDue(frontend, before);
        Frontend.Collect(after?.Port, _after);
        foreach (var frontend in _after) MakeDue(frontend, null);
        if (_dueSize > MaxDue) Simplify();
    }

    /// <summary>Judges flows by what is due and what is in force; to be used at once.</summary>
    public FlowJudge Judge(FlowScope scope)
    {
        ArgumentNullException.ThrowIfNull(scope);
        return new FlowJudge(_index, _due, _everything, scope);
    }

    /// <summary>All flows have been looked at: nothing is due any more.</summary>
    public void Swept()
    {
        _due.Clear();
        if (_due.Capacity > MaxDue / 16) _due.TrimExcess();
        _dueSize = 0;
        _everything = _nodePorts = false;
    }

    /// <summary>It is not worth remembering in detail what is due: everything is. Takes no memory for what comes, however long it waits.</summary>
    public void Simplify()
    {
        Swept();
        _everything = true;
    }

    internal static bool IsConcerned(Protocol protocol) => protocol is Protocol.Udp or Protocol.Sctp;

    /// <summary>
    /// Flows may be going through this endpoint. Serving is what counts; but an endpoint that is ready though it does not serve, because its
    /// Service publishes addresses that are not ready, gets traffic too.
    /// </summary>
    internal static bool MayCarry(in Endpoint endpoint) => endpoint.Serving || endpoint.Ready;

    internal static bool CarriesAny(ServiceEndpoints service)
    {
        foreach (ref readonly var endpoint in service.Endpoints.AsSpan())
        {
            if (MayCarry(endpoint)) return true;
        }

        return false;
    }

    /// <summary>There can be a flow that was right before and is not now.</summary>
    private bool Matters(ServiceEndpoints? before, ServiceEndpoints? after)
    {
        var carried = before is not null && CarriesAny(before);
        var carries = after is not null && CarriesAny(after);

        // From none to some: flows that were let through to the frontend itself would go on past the endpoints. From some to none: to nowhere.
        if (!carried || !carries) return carried || carries;
        Frontend.Collect(before!.Port, _before); // what carries is there
        Frontend.Collect(after!.Port, _after);
        return !Same(_before, _after) || AnyLeft(before.Endpoints.AsSpan(), after.Endpoints.AsSpan());
    }

    private static bool Same(List<Frontend> left, List<Frontend> right)
    {
        if (left.Count != right.Count) return false;
        foreach (var frontend in left)
        {
            if (!right.Contains(frontend)) return false;
        }

        return true;
    }

    /// <summary>An endpoint that may carry flows is not among those that may any more. Both are in id order.</summary>
    private static bool AnyLeft(ReadOnlySpan<Endpoint> before, ReadOnlySpan<Endpoint> after)
    {
        if (before == after) return false;
        var at = 0;
        foreach (ref readonly var endpoint in before)
        {
            if (!MayCarry(endpoint)) continue;
            while (at < after.Length && !IsAt(after[at], endpoint) && Endpoint.CompareIds(after[at], endpoint) < 0) at++;
            if (at == after.Length || !IsAt(after[at], endpoint) || !MayCarry(after[at])) return true;
        }

        return false;
    }

    private static bool IsAt(in Endpoint left, in Endpoint right) => left.Port == right.Port && left.Address == right.Address;

    private void MakeDue(in Frontend frontend, ServiceEndpoints? before)
    {
        if (!_due.TryGetValue(frontend, out var versions))
        {
            // While everything is due, only those are of use that tell who once answered.
            if (_everything && before is null) return;
            _due.Add(frontend, versions = []);
            _dueSize++;
        }

        _nodePorts |= !frontend.Address.IsValid;
        if (before is null || ContainsReference(versions, before)) return;
        versions.Add(before);
        _dueSize++;
    }

    private static bool ContainsReference(List<ServiceEndpoints> versions, ServiceEndpoints wanted)
    {
        foreach (var version in versions)
        {
            if (ReferenceEquals(version, wanted)) return true;
        }

        return false;
    }
}
