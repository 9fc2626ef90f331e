namespace Shunt.Proxy.State;

/// <summary>The EndpointSlices of each Service, in the order of their names, so that what is merged from them is always the same.</summary>
internal sealed class SliceIndex
{
    // Nearly every Service has one slice, or two, and they seldom come or go: arrays of the exact size.
    private readonly Dictionary<ObjectKey, EndpointSliceObject[]> _byService = [];

    /// <summary>How many Services have slices.</summary>
    public int Count => _byService.Count;

    /// <summary>The Service a slice belongs to; null for a slice that can serve none.</summary>
    public static ObjectKey? ServiceOf(EndpointSliceObject? slice) =>
        slice is null || slice.AddressType is null || slice.ServiceName.Length == 0 || slice.Key.Namespace.Length == 0
            ? null
            : new ObjectKey(slice.Key.Namespace, slice.ServiceName);

    /// <summary>The slices of a Service, of both families.</summary>
    public ReadOnlySpan<EndpointSliceObject> Of(ObjectKey service) =>
        _byService.TryGetValue(service, out var slices) ? slices : [];

    /// <summary>Makes room for that many Services in all.</summary>
    public void Reserve(int services) => _byService.EnsureCapacity(services);

    /// <summary>Adds a slice, or replaces the one of the same name.</summary>
    public void Put(ObjectKey service, EndpointSliceObject slice)
    {
        var slices = _byService.GetValueOrDefault(service, []);
        var at = Find(slices, slice.Key.Name);
        if (at >= 0) slices[at] = slice;
        else _byService[service] = [.. slices.AsSpan(0, ~at), slice, .. slices.AsSpan(~at)];
    }

    /// <summary>Removes the slice of that name; the last one takes its Service's entry along.</summary>
    public void Remove(ObjectKey service, string sliceName)
    {
        if (!_byService.TryGetValue(service, out var slices)) return;
        var at = Find(slices, sliceName);
        if (at < 0) return;
        if (slices.Length == 1) _byService.Remove(service);
        else _byService[service] = [.. slices.AsSpan(0, at), .. slices.AsSpan(at + 1)];
    }

    private static int Find(EndpointSliceObject[] slices, string name)
    {
        var low = 0;
        var high = slices.Length - 1;
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            var order = string.CompareOrdinal(slices[middle].Key.Name, name);
            if (order == 0) return middle;
            if (order < 0) low = middle + 1;
            else high = middle - 1;
        }

        return ~low;
    }
}
