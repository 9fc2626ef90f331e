using Shunt.Model;

namespace Shunt.Backends.Conntrack;

/// <summary>
/// Says which tracked flows are stale. A flow is a Service port's by where its client sends to. It is valid when some Service port that owns that
/// place has an endpoint where its packets go; then nothing makes it stale. Allocates nothing for each flow.
/// </summary>
public sealed class FlowJudge
{
    /// <summary>A list of endpoints that is longer is made into a set once a flow is compared with it.</summary>
    private const int LongList = 24;

    private readonly FrontendIndex _index;
    private readonly Dictionary<Frontend, List<ServiceEndpoints>> _due;
    private readonly bool _everything;
    private readonly FlowScope _scope;
    private readonly Dictionary<ServiceEndpoints, HashSet<(IpAddr Address, ushort Port)>> _sets = new(ReferenceEqualityComparer.Instance);

    internal FlowJudge(FrontendIndex index, Dictionary<Frontend, List<ServiceEndpoints>> due, bool everything, FlowScope scope)
    {
        _index = index;
        _due = due;
        _everything = everything;
        _scope = scope;
    }

    /// <summary>What is at a place that clients send to.</summary>
    private enum Claim
    {
        /// <summary>No Service port.</summary>
        None,

        /// <summary>Service ports, but no endpoint that could carry flows.</summary>
        Idle,

        /// <summary>Service ports with endpoints, of which none carries this flow.</summary>
        Busy,

        /// <summary>An endpoint that carries this flow.</summary>
        Valid,
    }

    /// <summary>The only protocol of which flows can be stale; null when there are several.</summary>
    public Protocol? OnlyProtocol
    {
        get
        {
            if (_everything) return null;
            Protocol? only = null;
            foreach (var (frontend, _) in _due)
            {
                if (only is { } other && other != frontend.Protocol) return null;
                only = frontend.Protocol;
            }

            return only;
        }
    }

    /// <summary>The flow leads to where the rules in force would not lead it, and has to go so that its next packet meets them.</summary>
    public bool IsStale(in TrackedFlow flow)
    {
        if (!StaleFlows.IsConcerned(flow.Protocol)) return false;
        var translated = flow.IsTranslated;
        var address = new Frontend(flow.Protocol, flow.Destination, flow.DestinationPort);
        var nodePort = new Frontend(flow.Protocol, default, flow.DestinationPort);
        var addressDue = _everything || _due.ContainsKey(address);
        var atNode = (_everything || addressDue || _due.ContainsKey(nodePort))
            && _scope.IsNodeAddress(flow.Destination) && (translated || _scope.ServesNodePorts(flow.Destination));
        if (!addressDue && !(atNode && _due.ContainsKey(nodePort))) return false;

        var claim = Owners(address, flow);
        if (atNode && claim != Claim.Valid) claim = Stronger(claim, Owners(nodePort, flow));
        return claim switch
        {
            Claim.Valid => false,
            Claim.Busy => true,

            // What was let through to a frontend without endpoints does no harm: the rules refuse its packets all the same, because without an
            // answer they are new ones.
            Claim.Idle => translated,
            _ => translated && (Carried(address, flow) || (atNode && Carried(nodePort, flow)) || (_everything && _scope.IsServiceAddress(flow.Destination))),
        };
    }

    private static Claim Stronger(Claim left, Claim right) => left > right ? left : right;

    private Claim Owners(in Frontend frontend, in TrackedFlow flow)
    {
        if (_index.First(frontend) is not { } first) return Claim.None;
        var claim = Of(first, flow);
        foreach (var other in _index.Others(frontend)) claim = Stronger(claim, Of(other, flow));
        return claim;
    }

    private Claim Of(ServiceEndpoints service, in TrackedFlow flow) =>
        Carries(service, flow) ? Claim.Valid : StaleFlows.CarriesAny(service) ? Claim.Busy : Claim.Idle;

    /// <summary>The flow was translated by a Service port that was at this frontend, and not by somebody else, as far as one can tell.</summary>
    private bool Carried(in Frontend frontend, in TrackedFlow flow)
    {
        if (!_due.TryGetValue(frontend, out var versions)) return false;
        foreach (var version in versions)
        {
            if (Carries(version, flow)) return true;
        }

        return false;
    }

    private bool Carries(ServiceEndpoints service, in TrackedFlow flow)
    {
        if (service.Endpoints.Length > LongList) return SetOf(service).Contains((flow.Answerer, flow.AnswererPort));
        foreach (ref readonly var endpoint in service.Endpoints.AsSpan())
        {
            if (endpoint.Port == flow.AnswererPort && endpoint.Address == flow.Answerer && StaleFlows.MayCarry(endpoint)) return true;
        }

        return false;
    }

    private HashSet<(IpAddr Address, ushort Port)> SetOf(ServiceEndpoints service)
    {
        if (_sets.TryGetValue(service, out var set)) return set;
        set = new HashSet<(IpAddr Address, ushort Port)>(service.Endpoints.Length);
        foreach (ref readonly var endpoint in service.Endpoints.AsSpan())
        {
            if (StaleFlows.MayCarry(endpoint)) set.Add((endpoint.Address, endpoint.Port));
        }

        _sets.Add(service, set);
        return set;
    }
}
