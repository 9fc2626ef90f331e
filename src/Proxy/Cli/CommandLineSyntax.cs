namespace Shunt.Proxy.Cli;

/// <summary>
/// Turns a command line as kube-proxy takes it into one where every flag has its value: underscores for dashes (<c>--proxy_mode</c>),
/// <c>-v2</c>, flags without a command, and Boolean flags without a value.
/// </summary>
internal static class CommandLineSyntax
{
    private const string Run = "run";

    /// <summary>The same command line with the command first and, for every Boolean flag, its value behind an equals sign.</summary>
    public static string[] Normalize(IReadOnlyList<string> args)
    {
        var result = new List<string>(args.Count + 1);
        if (args.Count == 0 || (args[0].StartsWith('-') && args[0] is not ("--help" or "-h" or "-?" or "--version"))) result.Add(Run);
        for (var i = 0; i < args.Count; i++)
        {
            var (name, value) = Split(args[i]);
            if (!AgentFlags.BooleanNames.Contains(name))
            {
                // The parser takes "--x=" for a flag without a value, but an empty argument for an empty value.
                result.Add(string.IsNullOrEmpty(value) ? name : $"{name}={value}");
                if (value is "") result.Add(value);
                continue;
            }

            if (value is null && i + 1 < args.Count && args[i + 1] is "true" or "false") value = args[++i];
            result.Add($"{name}={value ?? "true"}");
        }

        return [.. result];
    }

    private static (string Name, string? Value) Split(string arg)
    {
        if (arg.StartsWith("-v", StringComparison.Ordinal) && arg.Length > 2) return ("--v", arg[2] == '=' ? arg[3..] : arg[2..]);
        if (arg == "-v") return ("--v", null);
        if (!arg.StartsWith("--", StringComparison.Ordinal)) return (arg, null);
        var equals = arg.IndexOf('=', StringComparison.Ordinal);
        var name = (equals < 0 ? arg : arg[..equals]).Replace('_', '-');
        return (name, equals < 0 ? null : arg[(equals + 1)..]);
    }
}
