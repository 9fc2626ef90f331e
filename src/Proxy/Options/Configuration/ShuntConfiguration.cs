namespace Shunt.Proxy.Options.Configuration;

/// <summary>The section <c>shunt</c>: settings that kube-proxy does not have. Not written while all of them are at their defaults.</summary>
internal sealed record ShuntConfiguration
{
    /// <summary><c>iptablesVariant</c>: auto, nft or legacy; empty for auto.</summary>
    public string IptablesVariant { get; init; } = "";
}
