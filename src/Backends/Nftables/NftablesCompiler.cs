using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Shunt.Model;

namespace Shunt.Backends.Nftables;

/// <summary>Turns desired state into a table in which there are only elements for each Service. Not thread-safe: it reuses its buffers.</summary>
public sealed class NftablesCompiler : ICompiler<NftablesProgram>
{
    private readonly NftablesOptions _options;
    private readonly EndpointArranger _arranger = new();
    private readonly List<(IpAddr Address, ushort Port)> _before = [];
    private readonly Dictionary<(IpAddr Address, ushort Port), ushort> _numbers = [];

    /// <summary>A compiler for one family.</summary>
    public NftablesCompiler(NftablesOptions options) => _options = options;

    /// <inheritdoc/>
    public NftablesProgram Compile(DesiredState desired) => Adopt(desired, NftablesProgram.Nothing);

    /// <inheritdoc/>
    public NftablesProgram Adopt(DesiredState desired, NftablesProgram existing)
    {
        var claims = new FrontendClaims();
        foreach (var (name, service) in desired.Services)
        {
            claims.Add(service, null);
            if (service.Port.Affinity.ClientIp) KeepLists(service.Port, existing, claims);
        }

        var services = NftablesProgram.Nothing.Services.ToBuilder();
        ImmutableSortedSet<Demand> demands = [];
        foreach (var (name, service) in desired.Services)
        {
            var fragment = Compile(service, existing.Services.GetValueOrDefault(name), existing.Image, claims);
            services.Add(name, fragment);
            demands = Demands.Of(fragment, demands);
        }

        return new NftablesProgram
        {
            Base = BaseWriter.Write(_options, BaseSettings.Of(desired), demands),
            Services = services.ToImmutable(),
            NodePortIps = desired.NodePortAddresses.Addresses,
            Node = desired.Node.Address(_options.Family),
            Claims = claims,
            ClaimsVersion = claims.Version,
        };
    }

    /// <inheritdoc/>
    public NftablesProgram Compile(DesiredState desired, NftablesProgram previous)
    {
        var claims = ClaimsOf(previous);
        var affected = new HashSet<ServicePortName>();
        foreach (var name in desired.Delta.Changed) ReplaceClaims(desired, previous, name, claims, affected);
        foreach (var name in desired.Delta.Changed) affected.Remove(name);
        var services = previous.Services;
        var demands = previous.Base!.Demands; // a program this one can be relative to was compiled
        foreach (var name in desired.Delta.Changed) services = Replace(desired, services, name, claims, ref demands);
        foreach (var name in affected) services = Replace(desired, services, name, claims, ref demands);
        return previous with
        {
            Base = ReferenceEquals(demands, previous.Base.Demands) ? previous.Base : BaseWriter.Write(_options, previous.Base.Settings, demands),
            Services = services,
            Affected = affected.Count == 0 ? [] : [.. affected],
            Claims = claims,
            ClaimsVersion = claims.Version,
        };
    }

    /// <summary>Lists keep their numbers, whoever comes first now: clients are remembered by them.</summary>
    private void KeepLists(ServicePort port, NftablesProgram existing, FrontendClaims claims)
    {
        if (existing.Services.TryGetValue(port.Name, out var fragment))
        {
            if (fragment.Cluster.List != 0) claims.TakeList(port.Name, local: false, fragment.Cluster.List);
            if (fragment.Local.List != 0) claims.TakeList(port.Name, local: true, fragment.Local.List);
        }
        else if (existing.Image is { HasTable: true } image)
        {
            var reader = new ImageReader(image);
            if (reader.Read(port, local: false, _before, _numbers) is var cluster and not 0) claims.TakeList(port.Name, local: false, cluster);
            if (reader.Read(port, local: true, _before, _numbers) is var local and not 0) claims.TakeList(port.Name, local: true, local);
            _before.Clear();
            _numbers.Clear();
        }
    }

    private static FrontendClaims ClaimsOf(NftablesProgram program)
    {
        if (program.Claims is { } claims && claims.Version == program.ClaimsVersion) return claims;
        claims = new FrontendClaims();
        foreach (var (name, fragment) in program.Services)
        {
            claims.Add(fragment.Service, null);
            if (fragment.Cluster.List != 0) claims.TakeList(name, local: false, fragment.Cluster.List);
            if (fragment.Local.List != 0) claims.TakeList(name, local: true, fragment.Local.List);
        }

        return claims;
    }

    private static void ReplaceClaims(
        DesiredState desired, NftablesProgram previous, ServicePortName name, FrontendClaims claims, HashSet<ServicePortName> affected)
    {
        if (previous.Services.TryGetValue(name, out var before)) claims.Remove(before.Service, affected);
        if (desired.Services.TryGetValue(name, out var after)) claims.Add(after, affected);
    }

    private ImmutableSortedDictionary<ServicePortName, NftablesFragment> Replace(
        DesiredState desired,
        ImmutableSortedDictionary<ServicePortName, NftablesFragment> services,
        ServicePortName name,
        FrontendClaims claims,
        ref ImmutableSortedSet<Demand> demands)
    {
        services.TryGetValue(name, out var before);
        if (!desired.Services.TryGetValue(name, out var service))
        {
            if (before is null) return services;
            if (before.Cluster.List != 0) claims.ReleaseList(before.Cluster.List);
            if (before.Local.List != 0) claims.ReleaseList(before.Local.List);
            return services.Remove(name);
        }

        var fragment = Compile(service, before, null, claims);
        demands = Demands.Of(fragment, demands);
        return services.SetItem(name, fragment);
    }

    /// <summary>The fragment of one Service port.</summary>
    /// <param name="service">The Service port.</param>
    /// <param name="before">An earlier version, whose slots and numbers are kept; null for none.</param>
    /// <param name="image">What was found in the kernel, whose slots and numbers are kept where there is no earlier version; null for nothing.</param>
    /// <param name="claims">Who has which frontend.</param>
    private NftablesFragment Compile(ServiceEndpoints service, NftablesFragment? before, NftablesImage? image, FrontendClaims claims)
    {
        var port = service.Port;
        var found = before is null && image is { HasTable: true } ? new ImageReader(image) : null;
        return new NftablesFragment(
            service,
            Arrange(port, service.Selection.Cluster, before?.Cluster, found, local: false, claims),
            Arrange(port, service.Selection.Local, before?.Local, found, local: true, claims))
        {
            Lost = claims.Lost(port),
        };
    }

    private EndpointSlots Arrange(
        ServicePort port, ImmutableArray<Endpoint> endpoints, EndpointSlots? before, ImageReader? found, bool local, FrontendClaims claims)
    {
        if (before is not null && before.Endpoints == endpoints && before.List != 0 == port.Affinity.ClientIp) return before;
        var hint = before?.List ?? 0;
        if (before is not null) Remember(before);
        else if (found is not null) hint = found.Read(port, local, _before, _numbers);
        var slots = _arranger.Arrange(endpoints, CollectionsMarshal.AsSpan(_before));
        _before.Clear();
        if (port.Affinity.ClientIp && (hint != 0 || !endpoints.IsEmpty))
        {
            var list = claims.TakeList(port.Name, local, hint);
            if (list != 0) slots = _arranger.Number(slots, list, _numbers);
        }
        else if (hint != 0 && before is not null)
        {
            claims.ReleaseList(hint);
        }

        _numbers.Clear();
        return slots;
    }

    private void Remember(EndpointSlots slots)
    {
        for (var slot = 0; slot < slots.Count; slot++)
        {
            var endpoint = (slots[slot].Address, slots[slot].Port);
            _before.Add(endpoint);
            if (slots.List != 0) _numbers[endpoint] = slots.Numbers[slot];
        }
    }
}
