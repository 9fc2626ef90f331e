using Shunt.Model;

namespace Shunt.Proxy.Health;

/// <summary>How one family does.</summary>
/// <param name="Family">The family.</param>
/// <param name="LastUpdated">When it was started, or last synced with success.</param>
/// <param name="Healthy">No change has been waiting for too long.</param>
/// <param name="Synced">A sync succeeded, now or before.</param>
/// <param name="Verified">After a sync, the kernel was read back and had what it should, now or before.</param>
internal readonly record struct FamilyHealth(IpFamily Family, DateTimeOffset LastUpdated, bool Healthy, bool Synced, bool Verified);
