using Shunt.Model;
using Shunt.Proxy.State;

namespace Shunt.Proxy.Health;

/// <summary>
/// The health check of one Service in one family, for as long as it is wanted on one port. Written by the sync loop; read by whatever thread
/// answers a request.
/// </summary>
/// <param name="service">The Service.</param>
/// <param name="family">The family.</param>
/// <param name="port">Its <c>healthCheckNodePort</c>.</param>
internal sealed class ServiceHealthCheck(ObjectKey service, IpFamily family, ushort port)
{
    private volatile int _localEndpoints;
    private volatile bool _isClosed;

    /// <summary>The Service.</summary>
    public ObjectKey Service { get; } = service;

    /// <summary>The family.</summary>
    public IpFamily Family { get; } = family;

    /// <summary>The port to listen on.</summary>
    public ushort Port { get; } = port;

    /// <summary>How many different addresses of ready endpoints of the family are on this node, over all ports of the Service.</summary>
    public int LocalEndpoints
    {
        get => _localEndpoints;
        set => _localEndpoints = value;
    }

    /// <summary>The Service has none any more, or on another port.</summary>
    public bool IsClosed => _isClosed;

    /// <summary>It is not wanted any more.</summary>
    public void Close() => _isClosed = true;
}
