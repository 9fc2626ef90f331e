namespace Shunt.Proxy.Options.Configuration;

/// <summary>The section <c>shunt</c>: settings that kube-proxy does not have. Not written while all of them are at their defaults.</summary>
internal sealed record ShuntConfiguration
{
    /// <summary><c>iptablesVariant</c>: auto, nft or legacy; empty for auto.</summary>
    public string IptablesVariant { get; init; } = "";

    /// <summary><c>iptablesWriter</c>: auto, direct or restore; empty for auto.</summary>
    public string IptablesWriter { get; init; } = "";

    /// <summary><c>iptablesDispatch</c>: auto, linear or tree; empty for auto.</summary>
    public string IptablesDispatch { get; init; } = "";
}
