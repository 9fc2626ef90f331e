namespace Shunt.Proxy.Sources;

/// <summary>Where manifests are, and how closely they are watched.</summary>
internal sealed record FileSourceOptions
{
    /// <summary>A file, or a directory whose *.yaml, *.yml and *.json files are read in the order of their names.</summary>
    public required string Path { get; init; }

    /// <summary>The name of this node; all other Nodes are left out.</summary>
    public required string NodeName { get; init; }

    /// <summary>How often to look for changes that the kernel did not report (network file systems, exhausted watches).</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long to wait after a change for the editor to finish.</summary>
    public TimeSpan Debounce { get; init; } = TimeSpan.FromMilliseconds(100);
}
