namespace Shunt.Proxy.State;

/// <summary>How much came in from the cluster. Written by the loop alone; read by whoever serves metrics, a little late at worst.</summary>
internal sealed class ChangeCounts
{
    private long _services;
    private long _endpointSlices;

    /// <summary>Services that came, changed or went, whether that meant anything or not.</summary>
    public long Services => Volatile.Read(ref _services);

    /// <summary>EndpointSlices that came, changed or went, whether that meant anything or not.</summary>
    public long EndpointSlices => Volatile.Read(ref _endpointSlices);

    /// <summary>One more event about an object of a kind.</summary>
    public void Add(ObjectKind kind)
    {
        if (kind == ObjectKind.Service) Volatile.Write(ref _services, _services + 1);
        else if (kind == ObjectKind.EndpointSlice) Volatile.Write(ref _endpointSlices, _endpointSlices + 1);
    }
}
