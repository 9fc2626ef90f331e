using System.Collections.Immutable;

namespace Shunt.Proxy.Options.Configuration;

/// <summary>The words for <c>shunt.iptablesVariant</c> and <c>--shunt-iptables-variant</c>.</summary>
internal static class IptablesVariants
{
    /// <summary>All of them.</summary>
    public static ImmutableArray<string> Known { get; } = ["auto", "nft", "legacy"];

    /// <summary>The choice a word stands for; null for a word that is none.</summary>
    public static IptablesVariantChoice? Parse(string word) => word switch
    {
        "" or "auto" => IptablesVariantChoice.Auto,
        "nft" => IptablesVariantChoice.Nft,
        "legacy" => IptablesVariantChoice.Legacy,
        _ => null,
    };
}
