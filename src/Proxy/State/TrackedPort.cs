using Shunt.Model;

namespace Shunt.Proxy.State;

/// <summary>A Service port as the last snapshot has it.</summary>
internal sealed class TrackedPort(ServicePortName name)
{
    /// <summary>The key.</summary>
    public ServicePortName Name { get; } = name;

    /// <summary>What the snapshot holds; null before the first.</summary>
    public ServiceEndpoints? Current { get; set; }
}
