using Shunt.Model;
using Shunt.Proxy.State;

namespace Shunt.Proxy.Health;

/// <summary>
/// What has become different since it was last looked at, with the latest word on each Service only: so it never holds more than there are
/// Services, however long nobody looks. Not thread-safe.
/// </summary>
internal sealed class HealthCheckChanges
{
    /// <summary>The Services whose check is a new one, or, where null, that have none any more.</summary>
    public Dictionary<(ObjectKey Service, IpFamily Family), ServiceHealthCheck?> Checks { get; } = [];

    /// <summary>The families whose addresses are different, with those.</summary>
    public Dictionary<IpFamily, NodePortAddresses> Addresses { get; } = [];

    /// <summary>There is nothing in it.</summary>
    public bool IsEmpty => Checks.Count == 0 && Addresses.Count == 0;
}
