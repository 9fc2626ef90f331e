namespace Shunt.Model;

/// <summary>One Service port with the endpoints this node may use for it: the unit that is compiled, compared and replaced.</summary>
/// <param name="Port">The Service port.</param>
/// <param name="Selection">Its usable endpoints.</param>
public sealed record ServiceEndpoints(ServicePort Port, EndpointSelection Selection);
