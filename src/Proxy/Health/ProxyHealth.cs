using System.Collections.Immutable;
using Shunt.Model;
using Shunt.Proxy.Sync;

namespace Shunt.Proxy.Health;

/// <summary>
/// Whether the proxy keeps up with the cluster, for each family, and whether its node may get new connections. Told by the sync loop; asked by
/// whatever thread answers a request.
/// </summary>
internal sealed class ProxyHealth : ISyncObserver
{
    private readonly Lock _lock = new();
    private readonly TimeSpan _timeout;
    private readonly TimeProvider _time;
    private readonly Family _v4 = new(IpFamily.IPv4);
    private readonly Family _v6 = new(IpFamily.IPv6);
    private bool _nodeEligible;

    /// <summary>Healthy, with no family yet, and a node that is not known.</summary>
    /// <param name="timeout">How long a change may wait for a sync that succeeds: kube-proxy's is twice its sync period.</param>
    /// <param name="time">The clock.</param>
    public ProxyHealth(TimeSpan timeout, TimeProvider time)
    {
        _timeout = timeout;
        _time = time;
    }

    /// <summary>No family has had a change waiting for too long. True while there is no family.</summary>
    public bool IsHealthy
    {
        get
        {
            lock (_lock) return IsKeepingUp(_v4) && IsKeepingUp(_v6);
        }
    }

    /// <summary>Everything at this moment.</summary>
    public ProxyHealthReport Report()
    {
        lock (_lock)
        {
            ImmutableArray<FamilyHealth> families = [.. new[] { _v4, _v6 }.Where(static family => family.LastUpdated is not null).Select(Describe)];
            return new ProxyHealthReport(_nodeEligible, families);
        }
    }

    /// <summary>
    /// The family is kept in sync from now on. To be called for every family before the first sync of any, because what is not there yet is
    /// not waited for.
    /// </summary>
    public void Started(IpFamily family)
    {
        lock (_lock) Update(Of(family));
    }

    /// <inheritdoc/>
    public void Requested(IpFamily family)
    {
        lock (_lock) Of(family).PendingSince ??= _time.GetTimestamp();
    }

    /// <inheritdoc/>
    public void Succeeded(SyncReport report)
    {
        lock (_lock)
        {
            Update(Of(report.Family));
            Of(report.Family).IsSynced = true;
        }
    }

    /// <summary>The family's rules were read back from the kernel. Only rules as desired, after a sync, say that it is ready.</summary>
    public void Verified(IpFamily family, int drifted)
    {
        lock (_lock) Of(family).IsVerified |= Of(family).IsSynced && drifted == 0;
    }

    /// <summary>This node's object is known, and may have changed. A node that was deleted stays what it was.</summary>
    /// <param name="eligible">It may get new connections (<see cref="State.NodeObject.IsEligible"/>).</param>
    public void NodeChanged(bool eligible)
    {
        lock (_lock) _nodeEligible = eligible;
    }

    private Family Of(IpFamily family) => family == IpFamily.IPv4 ? _v4 : _v6;

    private void Update(Family family)
    {
        family.LastUpdated = _time.GetLocalNow();
        family.PendingSince = null;
    }

    private bool IsKeepingUp(Family family) =>
        family.LastUpdated is null || family.PendingSince is not { } since || _time.GetElapsedTime(since) < _timeout;

    private FamilyHealth Describe(Family family) =>
        new(family.Name, family.LastUpdated ?? default, IsKeepingUp(family), family.IsSynced, family.IsVerified);

    /// <summary>One family.</summary>
    private sealed class Family(IpFamily name)
    {
        public IpFamily Name { get; } = name;

        public DateTimeOffset? LastUpdated { get; set; }

        public long? PendingSince { get; set; }

        public bool IsSynced { get; set; }

        public bool IsVerified { get; set; }
    }
}
