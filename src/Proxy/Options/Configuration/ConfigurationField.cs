using System.Collections.Immutable;
using System.Text.Json;

namespace Shunt.Proxy.Options.Configuration;

/// <summary>One field of a section: its name, and how it is read and written.</summary>
/// <param name="Name">As the file has it.</param>
/// <param name="Read">Gives the section with the field set; what is wrong goes to the problems.</param>
/// <param name="Write">Writes the value.</param>
internal sealed record ConfigurationField<T>(
    string Name,
    Func<T, JsonElement, ConfigurationProblems, T> Read,
    Action<Utf8JsonWriter, T> Write)
{
    /// <summary>Whether it is left out when written: Go's omitempty.</summary>
    public Func<T, bool> IsOmitted { get; init; } = static _ => false;

    /// <summary>The paths of the fields below this one, from here; empty for a value.</summary>
    public ImmutableArray<string> Below { get; init; } = [];
}
