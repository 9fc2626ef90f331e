namespace Shunt.Proxy.Options.Configuration;

/// <summary>What an operator should know though it stops nothing.</summary>
internal enum ConfigurationWarningKind
{
    /// <summary>A file has fields that are unknown or repeated.</summary>
    LenientDecoding,

    /// <summary>Flags were given that have no effect beside a file.</summary>
    FlagsIgnored,

    /// <summary>A flag was given that should not be used any more.</summary>
    FlagDeprecated,
}
