using System.Collections.Immutable;

namespace Shunt.Proxy.Options.Configuration;

/// <summary>What a file, or the flags, come to.</summary>
/// <param name="Effective">The configuration; not to be used when there are errors.</param>
/// <param name="Errors">Everything that is wrong, a line each; empty when it can be used.</param>
/// <param name="Warnings">What does not stop anything.</param>
internal sealed record ConfigurationResult(KubeProxyConfiguration Effective, ImmutableArray<string> Errors, ImmutableArray<ConfigurationWarning> Warnings)
{
    /// <summary>No mode was asked for; it is the default one.</summary>
    public bool IsModeDefault { get; init; }

    /// <summary>It could not even be decoded.</summary>
    public static ConfigurationResult Failed(string error) => new(EffectiveConfiguration.Default, [error], []);
}
