using Shunt.Backends;
using Shunt.Model;
using Shunt.Proxy.State;
using Shunt.Proxy.Sync;

namespace Shunt.Proxy.Health;

/// <summary>
/// Which Services of one family want a health check, and with how many endpoints on this node: what is in force, not what is wished for. Owned
/// by the sync loop. A sync costs what it changed, unless it was full.
/// </summary>
internal sealed class ServiceHealthTracker
{
    private readonly IpFamily _family;
    private readonly Dictionary<ObjectKey, List<ServiceEndpoints>> _ports = [];
    private readonly Dictionary<ObjectKey, ServiceHealthCheck> _checks = [];
    private readonly HashSet<ObjectKey> _touched = [];
    private readonly HashSet<IpAddr> _addresses = [];
    private HashSet<ServicePortName> _refused = [];

    /// <summary>Nothing is known yet.</summary>
    public ServiceHealthTracker(IpFamily family) => _family = family;

    /// <summary>Takes in a sync that succeeded, and brings the checks up to date.</summary>
    /// <param name="report">The sync.</param>
    /// <param name="changed">
    /// Gets each Service whose check is a new one, with the check, or has none any more, with null. The number of endpoints is no such change.
    /// </param>
    public void Apply(SyncReport report, List<(ObjectKey Service, ServiceHealthCheck? Check)> changed)
    {
        var refused = RefusedIn(report.Result);
        if (report.IsFull) TakeAll(report.Desired, refused);
        else TakeChanges(report, refused);
        _refused = refused;
        foreach (var service in _touched) Settle(service, changed);
        _touched.Clear();
    }

    private static HashSet<ServicePortName> RefusedIn(ApplyResult result)
    {
        if (result.Refused.IsEmpty) return [];
        return [.. result.Refused.Select(static refusal => refusal.Service)];
    }

    private void TakeAll(DesiredState desired, HashSet<ServicePortName> refused)
    {
        foreach (var name in _ports.Values.SelectMany(static ports => ports).Select(static port => port.Port.Name).ToList())
        {
            if (!desired.Services.ContainsKey(name) && !refused.Contains(name)) Put(name, null);
        }

        foreach (var (name, current) in desired.Services)
        {
            if (!refused.Contains(name)) Put(name, current);
        }
    }

    private void TakeChanges(SyncReport report, HashSet<ServicePortName> refused)
    {
        foreach (var (before, after) in report.Changes())
        {
            if ((after ?? before) is not { } either) continue;
            if (!refused.Contains(either.Port.Name)) Put(either.Port.Name, after);
        }

        // One that was refused and is accepted now need not have changed in between.
        foreach (var name in _refused)
        {
            if (!refused.Contains(name)) Put(name, report.Desired.Services.GetValueOrDefault(name));
        }
    }

    private void Put(in ServicePortName name, ServiceEndpoints? current)
    {
        if (current is { Port.HealthCheckNodePort: 0 }) current = null;
        var service = new ObjectKey(name.Namespace, name.Name);
        if (!_ports.TryGetValue(service, out var ports))
        {
            if (current is null) return;
            _ports.Add(service, ports = []);
        }

        var at = IndexOf(ports, name);
        if (at >= 0 && ReferenceEquals(ports[at], current)) return;
        if (at >= 0) ports.RemoveAt(at);
        if (current is not null) ports.Add(current);
        _touched.Add(service);
    }

    private static int IndexOf(List<ServiceEndpoints> ports, in ServicePortName name)
    {
        for (var i = 0; i < ports.Count; i++)
        {
            if (ports[i].Port.Name == name) return i;
        }

        return -1;
    }

    private void Settle(ObjectKey service, List<(ObjectKey Service, ServiceHealthCheck? Check)> changed)
    {
        var ports = _ports[service]; // what is touched is there
        _checks.TryGetValue(service, out var check);
        if (ports.Count == 0)
        {
            _ports.Remove(service);
            _checks.Remove(service);
            check?.Close();
            if (check is not null) changed.Add((service, null));
            return;
        }

        var port = ports[^1].Port.HealthCheckNodePort; // a Service has one; the last that came is the newest
        if (check?.Port != port)
        {
            check?.Close();
            _checks[service] = check = new ServiceHealthCheck(service, _family, port);
            changed.Add((service, check));
        }

        check.LocalEndpoints = CountLocal(ports);
    }

    private int CountLocal(List<ServiceEndpoints> ports)
    {
        _addresses.Clear();
        foreach (var port in ports)
        {
            foreach (ref readonly var endpoint in port.Endpoints.AsSpan())
            {
                if (endpoint.Ready && endpoint.IsLocal) _addresses.Add(endpoint.Address);
            }
        }

        return _addresses.Count;
    }
}
