using System.Runtime.InteropServices;
using Shunt.Model;

namespace Shunt.Backends.Conntrack;

/// <summary>Which Service ports are at which frontend. Two can be at one: the API server lets Services claim the same external IP.</summary>
internal sealed class FrontendIndex
{
    private readonly Dictionary<Frontend, ServiceEndpoints> _first = [];
    private readonly Dictionary<Frontend, List<ServiceEndpoints>> _others = [];
    private readonly List<Frontend> _frontends = [];

    /// <summary>Forgets all.</summary>
    public void Clear()
    {
        _first.Clear();
        _others.Clear();
    }

    /// <summary>Puts a Service port in the place of what it was before.</summary>
    /// <param name="before">As it was; null when it is new. A frontend that is not here is passed over.</param>
    /// <param name="after">As it is; null when it is gone.</param>
    public void Replace(ServiceEndpoints? before, ServiceEndpoints? after)
    {
        Frontend.Collect(before?.Port, _frontends);
        foreach (var frontend in _frontends) Remove(frontend, before!.Port.Name); // without it there are no frontends
        Frontend.Collect(after?.Port, _frontends);
        foreach (var frontend in _frontends) Put(frontend, after!); // as above
    }

    /// <summary>The Service port at a frontend, or the first of them; null when there is none.</summary>
    public ServiceEndpoints? First(in Frontend frontend) => _first.GetValueOrDefault(frontend);

    /// <summary>The other Service ports at a frontend; empty for none, as nearly always.</summary>
    public ReadOnlySpan<ServiceEndpoints> Others(in Frontend frontend) =>
        _others.Count > 0 && _others.TryGetValue(frontend, out var others) ? CollectionsMarshal.AsSpan(others) : default;

    private void Put(in Frontend frontend, ServiceEndpoints service)
    {
        ref var first = ref CollectionsMarshal.GetValueRefOrAddDefault(_first, frontend, out _);
        if (first is null || first.Port.Name == service.Port.Name)
        {
            first = service;
            return;
        }

        if (!_others.TryGetValue(frontend, out var others)) _others.Add(frontend, others = []);
        Remove(others, service.Port.Name);
        others.Add(service);
    }

    private void Remove(in Frontend frontend, in ServicePortName name)
    {
        if (!_first.TryGetValue(frontend, out var first)) return;
        _others.TryGetValue(frontend, out var others);
        if (first.Port.Name != name)
        {
            if (others is not null) Remove(others, name);
        }
        else if (others is null)
        {
            _first.Remove(frontend);
        }
        else
        {
            _first[frontend] = others[0]; // a list that is here has something in it
            others.RemoveAt(0);
        }

        if (others is { Count: 0 }) _others.Remove(frontend);
    }

    private static void Remove(List<ServiceEndpoints> services, in ServicePortName name)
    {
        for (var i = services.Count - 1; i >= 0; i--)
        {
            if (services[i].Port.Name == name) services.RemoveAt(i);
        }
    }
}
