namespace Shunt.Proxy.Options.Configuration;

/// <summary>Something an operator should know though it stops nothing.</summary>
/// <param name="Kind">What kind of thing.</param>
/// <param name="What">The strict reader's error, the flags, or kube-proxy's sentence about the flag.</param>
/// <param name="File">The file it is about; empty for none.</param>
internal sealed record ConfigurationWarning(ConfigurationWarningKind Kind, string What, string File)
{
    /// <summary>kube-proxy's words for a file that only a lenient reader takes.</summary>
    public const string Lenient = "Using lenient decoding as strict decoding failed";

    /// <summary>What is said of flags that a file overrules.</summary>
    public const string Ignored = "These flags have no effect beside --config, as with kube-proxy";

    /// <summary>The warning as a line for people.</summary>
    public override string ToString() => Kind switch
    {
        ConfigurationWarningKind.LenientDecoding => $"{Lenient}: {What} ({File})",
        ConfigurationWarningKind.FlagsIgnored => $"{Ignored}: {What}",
        _ => What,
    };
}
