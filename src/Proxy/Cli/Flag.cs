namespace Shunt.Proxy.Cli;

/// <summary>A flag of the command line.</summary>
/// <param name="Name">The flag with its two dashes.</param>
/// <param name="Kind">What it takes.</param>
/// <param name="Help">What it does, with its default.</param>
internal sealed record Flag(string Name, FlagKind Kind, string Help)
{
    /// <summary>kube-proxy has it, this build does not yet: using it is an error.</summary>
    public bool NotYet { get; init; }
}
