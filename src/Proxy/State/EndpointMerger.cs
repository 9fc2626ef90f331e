using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Shunt.Model;

namespace Shunt.Proxy.State;

/// <summary>
/// Makes one list of endpoints out of the EndpointSlices of a Service. Keeps its working memory between calls; one loop owns it.
/// </summary>
internal sealed class EndpointMerger
{
    private const int Stride = Endpoint.MaxIdLength + 1; // the id, after its length
    private const int KeepCapacity = 4096;

    private readonly Comparison<int> _byId;
    private Endpoint[] _found = new Endpoint[64];
    private int[] _order = new int[64];
    private byte[] _ids = new byte[64 * Stride];
    private int _count;

    public EndpointMerger() => _byId = CompareIds;

    /// <summary>The endpoints of a Service port, in id order, each id once.</summary>
    /// <param name="slices">The slices of the Service, in the order of their names; those of other families are skipped.</param>
    /// <param name="port">The Service port.</param>
    /// <param name="family">The family.</param>
    /// <param name="nodeName">This node's name, which makes an endpoint local; empty for none.</param>
    /// <param name="known">What came out last time: returned if the result is equal.</param>
    public ImmutableArray<Endpoint> Merge(
        ReadOnlySpan<EndpointSliceObject> slices, in ServicePortName port, IpFamily family, string nodeName, ImmutableArray<Endpoint> known)
    {
        foreach (var slice in slices)
        {
            if (slice.AddressType == family) Collect(slice, port, nodeName);
        }

        SortById();
        var kept = DropDuplicates();
        var result = IsKnown(kept, known) ? known : Gather(kept);
        Reset();
        return result;
    }

    private void Collect(EndpointSliceObject slice, in ServicePortName port, string nodeName)
    {
        foreach (var spec in slice.Ports)
        {
            if (spec.Protocol != port.Protocol || spec.Name != port.Port) continue;
            Reserve(slice.Endpoints.Length);
            foreach (ref readonly var endpoint in slice.Endpoints.AsSpan())
            {
                _found[_count++] = new Endpoint(endpoint.Address, spec.Port)
                {
                    Ready = endpoint.Ready,
                    Serving = endpoint.Serving,
                    Terminating = endpoint.Terminating,
                    IsLocal = nodeName.Length > 0 && endpoint.NodeName == nodeName,
                    ZoneHints = endpoint.ZoneHints,
                    NodeHints = endpoint.NodeHints,
                };
            }
        }
    }

    private void Reserve(int more)
    {
        if (_found.Length - _count >= more) return;
        var capacity = Math.Max(_count + more, _found.Length * 2);
        Array.Resize(ref _found, capacity);
        _order = new int[capacity];
        _ids = new byte[capacity * Stride];
    }

    private void SortById()
    {
        for (var i = 0; i < _count; i++)
        {
            var id = _ids.AsSpan(i * Stride, Stride);
            id[0] = (byte)_found[i].FormatId(id[1..]);
            _order[i] = i;
        }

        _order.AsSpan(0, _count).Sort(_byId);
    }

    /// <summary>A later endpoint of the same id takes the place of the earlier, unless it is the one that is about to go.</summary>
    private int DropDuplicates()
    {
        var kept = 0;
        for (var i = 0; i < _count; i++)
        {
            var index = _order[i];
            if (kept == 0 || !Id(_order[kept - 1]).SequenceEqual(Id(index))) _order[kept++] = index;
            else if (!_found[index].Terminating) _order[kept - 1] = index;
        }

        return kept;
    }

    private bool IsKnown(int kept, ImmutableArray<Endpoint> known)
    {
        if (known.Length != kept) return false;
        for (var i = 0; i < kept; i++)
        {
            if (!_found[_order[i]].Equals(known[i])) return false;
        }

        return true;
    }

    private ImmutableArray<Endpoint> Gather(int kept)
    {
        if (kept == 0) return [];
        var endpoints = new Endpoint[kept];
        for (var i = 0; i < kept; i++) endpoints[i] = _found[_order[i]];
        return ImmutableCollectionsMarshal.AsImmutableArray(endpoints);
    }

    /// <summary>Lets go of the hints, and of the memory after an unusually large Service.</summary>
    private void Reset()
    {
        _found.AsSpan(0, _count).Clear();
        _count = 0;
        if (_found.Length <= KeepCapacity) return;
        _found = new Endpoint[64];
        _order = new int[64];
        _ids = new byte[64 * Stride];
    }

    /// <summary>By id; equal ids in the order they were found.</summary>
    private int CompareIds(int left, int right)
    {
        var order = Id(left).SequenceCompareTo(Id(right));
        return order == 0 ? left.CompareTo(right) : order;
    }

    private ReadOnlySpan<byte> Id(int index) => _ids.AsSpan(index * Stride + 1, _ids[index * Stride]);
}
