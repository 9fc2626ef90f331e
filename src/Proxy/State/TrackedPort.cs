using System.Collections.Immutable;
using Shunt.Model;

namespace Shunt.Proxy.State;

/// <summary>A Service port as the last snapshot has it, and what it was made from.</summary>
internal sealed class TrackedPort(ServicePortName name)
{
    /// <summary>The key.</summary>
    public ServicePortName Name { get; } = name;

    /// <summary>All endpoints, usable or not, in id order.</summary>
    public ImmutableArray<Endpoint> Endpoints { get; set; } = [];

    /// <summary>What the snapshot holds; null before the first.</summary>
    public ServiceEndpoints? Current { get; set; }
}
