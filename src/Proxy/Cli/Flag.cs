using Shunt.Proxy.Options;

namespace Shunt.Proxy.Cli;

/// <summary>A flag of the agent.</summary>
/// <param name="Name">The flag with its two dashes.</param>
/// <param name="Kind">What it takes.</param>
/// <param name="Help">What it does, without its default.</param>
/// <param name="Show">Its value, as kube-proxy would print it.</param>
/// <param name="Apply">Gives the settings with the flag's value; only for a flag that was given.</param>
internal sealed record Flag(
    string Name, FlagKind Kind, string Help, Func<FlagSettings, string> Show, Func<FlagReader, FlagSettings, FlagSettings> Apply)
{
    private static readonly FlagSettings Defaults = new();

    /// <summary>The field of the configuration file that says the same; empty when none does.</summary>
    public string Field { get; init; } = "";

    /// <summary>It has effect beside <c>--config</c> too; kube-proxy ignores all others then.</summary>
    public bool CountsWithFile { get; init; }

    /// <summary>What to use instead; empty unless the flag is deprecated.</summary>
    public string Deprecated { get; init; } = "";

    /// <summary>Its value when it is not given.</summary>
    public string Default => Show(Defaults);

    /// <summary>The help with the default and what else there is to know.</summary>
    public string Description
    {
        get
        {
            var text = Help;
            if (Default is not ("" or "false" or "[]")) text += $" (default {Default})";
            return Deprecated.Length == 0 ? text : $"{text} Deprecated: {Deprecated}";
        }
    }

    /// <summary>The flag with its value.</summary>
    public FlagValue ValueIn(FlagSettings settings) => new(Name[2..], Show(settings));
}
