using Shunt.Model;
using Shunt.Proxy.State;

namespace Shunt.Testing.Builders;

/// <summary>
/// Makes an <see cref="EndpointSliceObject"/>; converts to it by itself. The Service is the slice's name up to its last dash unless
/// <see cref="For"/> says otherwise; the address type is that of the first endpoint.
/// </summary>
internal sealed class SliceBuilder(ObjectKey key)
{
    private EndpointSliceObject _slice = new()
    {
        Key = key,
        AddressType = IpFamily.IPv4,
        ServiceName = key.Name.LastIndexOf('-') is > 0 and var dash ? key.Name[..dash] : key.Name,
    };

    public static implicit operator EndpointSliceObject(SliceBuilder builder) => builder.Object;

    public EndpointSliceObject Object => _slice;

    public SliceBuilder For(string serviceName) => With(_slice with { ServiceName = serviceName });

    public SliceBuilder AddressType(IpFamily? type) => With(_slice with { AddressType = type });

    public SliceBuilder Port(ushort port, string name = "", Protocol protocol = Protocol.Tcp) =>
        With(_slice with { Ports = _slice.Ports.Add(new EndpointPortSpec(name, protocol, port)) });

    /// <summary>Ready ones.</summary>
    public SliceBuilder Endpoints(params string[] addresses)
    {
        foreach (var address in addresses) Endpoint(address);
        return this;
    }

    /// <param name="address">The address.</param>
    /// <param name="node">The name of its node.</param>
    /// <param name="state">Its conditions.</param>
    /// <param name="zones">Its zone hints, comma-separated; null for none.</param>
    /// <param name="nodes">Its node hints, comma-separated; null for none.</param>
    public SliceBuilder Endpoint(
        string address, string node = "", EndpointState state = EndpointState.Ready, string? zones = null, string? nodes = null)
    {
        var endpoint = new EndpointSpec(Build.Ip(address))
        {
            Ready = state is EndpointState.Ready,
            Serving = state is EndpointState.Ready or EndpointState.Draining or EndpointState.ServingUnready,
            Terminating = state is EndpointState.Draining or EndpointState.Terminated,
            NodeName = node,
            ZoneHints = Build.Hints(zones),
            NodeHints = Build.Hints(nodes),
        };
        var type = _slice.Endpoints.IsEmpty && _slice.AddressType is not null ? endpoint.Address.Family : _slice.AddressType;
        return With(_slice with { AddressType = type, Endpoints = _slice.Endpoints.Add(endpoint) });
    }

    /// <summary>What led to this version of the slice happened then.</summary>
    public SliceBuilder TriggeredAt(DateTimeOffset time) => With(_slice with { LastChangeTriggerTime = time });

    public SliceBuilder Problem(string problem) => With(_slice with { Problems = _slice.Problems.Add(problem) });

    private SliceBuilder With(EndpointSliceObject slice)
    {
        _slice = slice;
        return this;
    }
}
