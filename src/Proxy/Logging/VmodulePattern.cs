using System.Collections.Immutable;
using System.Globalization;
using System.IO.Enumeration;

namespace Shunt.Proxy.Logging;

/// <summary>
/// One entry of <c>--vmodule</c>: more detail from some loggers only. kube-proxy's patterns are for the names of its source files; ours are
/// for the names that stand before the <c>]</c> of a log line.
/// </summary>
/// <param name="Pattern">A logger's name; <c>*</c> stands for any characters, <c>?</c> for one, and case does not matter.</param>
/// <param name="Verbosity">What <c>-v</c> is for these loggers, if it is more than for all.</param>
internal readonly record struct VmodulePattern(string Pattern, int Verbosity)
{
    /// <summary>Whether it is for a logger.</summary>
    public bool Matches(string category) => FileSystemName.MatchesSimpleExpression(Pattern, category);

    /// <summary>Reads a list of them, <c>pattern=N,pattern=N</c>; empty entries are left out.</summary>
    /// <param name="text">The list.</param>
    /// <param name="patterns">The entries, in order; empty when something is wrong.</param>
    /// <param name="problem">What is wrong, as a phrase; empty when nothing is.</param>
    public static bool TryParse(string text, out ImmutableArray<VmodulePattern> patterns, out string problem)
    {
        patterns = [];
        problem = "";
        var found = ImmutableArray.CreateBuilder<VmodulePattern>();
        foreach (var entry in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = entry.Split('=');
            if (parts is [{ Length: > 0 } pattern, var number] && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var verbosity))
            {
                found.Add(new VmodulePattern(pattern, verbosity));
                continue;
            }

            problem = $"has \"{entry}\", which is not of the form pattern=N";
            return false;
        }

        patterns = found.ToImmutable();
        return true;
    }
}
