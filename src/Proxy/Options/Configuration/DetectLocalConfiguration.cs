namespace Shunt.Proxy.Options.Configuration;

/// <summary>The section <c>detectLocal</c>.</summary>
internal sealed record DetectLocalConfiguration
{
    /// <summary><c>bridgeInterface</c>: for the mode BridgeInterface.</summary>
    public string BridgeInterface { get; init; } = "";

    /// <summary><c>interfaceNamePrefix</c>: for the mode InterfaceNamePrefix.</summary>
    public string InterfaceNamePrefix { get; init; } = "";
}
