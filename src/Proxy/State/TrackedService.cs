namespace Shunt.Proxy.State;

/// <summary>A Service as the last snapshot has it.</summary>
/// <param name="Source">The object it was derived from.</param>
/// <param name="Ports">Its ports.</param>
internal sealed record TrackedService(ServiceObject Source, TrackedPort[] Ports);
