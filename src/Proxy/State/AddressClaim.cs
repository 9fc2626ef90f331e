using Shunt.Model;

namespace Shunt.Proxy.State;

/// <summary>What only one Service can have: an address and port of its own, or a node port.</summary>
/// <param name="Address">A cluster IP, external IP or load-balancer IP; <c>default</c> for a node port.</param>
/// <param name="Port">The port.</param>
/// <param name="Protocol">The protocol.</param>
internal readonly record struct AddressClaim(IpAddr Address, ushort Port, Protocol Protocol)
{
    /// <summary>As a log line names it.</summary>
    public override string ToString()
    {
        if (!Address.IsValid) return $"node port {Port}/{Protocol.ToApiName()}";
        return Address.Family == IpFamily.IPv6
            ? $"[{Address}]:{Port}/{Protocol.ToApiName()}"
            : $"{Address}:{Port}/{Protocol.ToApiName()}";
    }
}
