using System.Collections.Immutable;

namespace Shunt.Proxy.Options.Configuration;

/// <summary>The section <c>logging</c>, which all components of Kubernetes share.</summary>
internal sealed record LoggingConfiguration
{
    /// <summary><c>format</c>: text or json; empty for text.</summary>
    public string Format { get; init; } = "";

    /// <summary><c>flushFrequency</c>; zero for the default.</summary>
    public FlushFrequency FlushFrequency { get; init; }

    /// <summary><c>verbosity</c>.</summary>
    public uint Verbosity { get; init; }

    /// <summary><c>vmodule</c>: other verbosities for single files, the earlier first.</summary>
    public ImmutableArray<VModuleItem> VModule { get; init; } = [];

    /// <summary><c>options.text</c>.</summary>
    public LoggingOutputOptions Text { get; init; } = new();

    /// <summary><c>options.json</c>.</summary>
    public LoggingOutputOptions Json { get; init; } = new();
}
