using System.Collections.Immutable;
using System.CommandLine;
using System.Reflection;
using Shunt.Proxy.Options;

namespace Shunt.Proxy.Cli;

/// <summary>The command line of <c>shunt</c>: commands, flags, help, and what is said about a wrong one.</summary>
internal sealed class CommandLine
{
    /// <summary>The exit code of anything that went wrong, as everywhere in Kubernetes.</summary>
    public const int Failure = 1;

    private readonly CommandFunctions _functions;
    private readonly TextWriter _output;
    private readonly TextWriter _error;
    private readonly Option<string> _against = new("--against") { Description = "What to compare with: kernel (the default) or empty." };
    private readonly Option<string> _form = new("--output", "-o") { Description = "How to print: text (the default), json, restore." };
    private readonly RootCommand _root;

    /// <summary>A command line whose commands do what the functions say.</summary>
    public CommandLine(CommandFunctions functions, TextWriter output, TextWriter error)
    {
        _functions = functions;
        _output = output;
        _error = error;
        _root = new RootCommand("A Kubernetes service dataplane: makes Services reach their endpoints. Without a command it runs.");
        var flags = AgentFlags.All.Select(ToOption).ToImmutableArray();
        Add("run", "Keep the kernel as desired, or with --once make it so and end. The default command.", flags, RunAsync);
        var plan = Add("plan", "Show what would change: exit code 0 when nothing would, 2 when something would, 1 after an error.", flags, PlanAsync);
        plan.Options.Add(_against);
        plan.Options.Add(_form);
        Add("cleanup", "Remove everything of ours from the kernel, and nothing else.", flags, CleanupAsync);
        Add("demo", "Show it at work on this machine, in network namespaces of its own.", flags, DemoAsync);
    }

    /// <summary>The version, without what the build appends.</summary>
    public static string Version =>
        typeof(CommandLine).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "unknown";

    /// <summary>Does what a command line says.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> InvokeAsync(IReadOnlyList<string> args, CancellationToken ct)
    {
        if (args is ["--version"] or ["version"])
        {
            await _output.WriteLineAsync($"shunt {Version}");
            return 0;
        }

        var parsed = _root.Parse(CommandLineSyntax.Normalize(args), new ParserConfiguration { ResponseFileTokenReplacer = null });
        var isHelp = parsed.Action is System.CommandLine.Help.HelpAction;
        if (!isHelp && parsed.Errors.Count > 0) return Wrong(Explain(parsed));
        var settings = new InvocationConfiguration
        {
            Output = _output,
            Error = _error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null, // signals are the program's business: it says when it may end
        };
        return await parsed.InvokeAsync(settings, ct);
    }

    private Command Add(string name, string help, ImmutableArray<Option> flags, Func<ParseResult, CancellationToken, Task<int>> action)
    {
        var command = new Command(name, help);
        foreach (var flag in flags) command.Options.Add(flag);
        command.SetAction(action);
        _root.Subcommands.Add(command);
        return command;
    }

    private static Option ToOption(Flag flag)
    {
        string[] aliases = flag.Name == "--v" ? ["-v"] : [];
        return new Option<string[]>(flag.Name, aliases)
        {
            Description = flag.Help,
            Hidden = flag.NotYet,
            Arity = ArgumentArity.OneOrMore,
            AllowMultipleArgumentsPerToken = false,
            HelpName = flag.Kind == FlagKind.Boolean ? "true|false" : "value",
        };
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken ct)
    {
        var options = Read(parsed, out var errors);
        return errors.IsEmpty ? await _functions.RunAsync(options, ct) : Wrong(errors);
    }

    private async Task<int> PlanAsync(ParseResult parsed, CancellationToken ct)
    {
        var options = Read(parsed, out var errors);
        var flags = new FlagReader(parsed);
        var against = Choose(parsed, _against, [("kernel", PlanAgainst.Kernel), ("empty", PlanAgainst.Empty)], flags.Errors);
        var form = Choose(parsed, _form, [("text", PlanOutput.Text), ("json", PlanOutput.Json), ("restore", PlanOutput.Restore)], flags.Errors);
        if (flags.Errors.Count > 0) errors = errors.AddRange(flags.Errors);
        return errors.IsEmpty ? await _functions.PlanAsync(options, new PlanRequest(against, form), _output, ct) : Wrong(errors);
    }

    private async Task<int> CleanupAsync(ParseResult parsed, CancellationToken ct)
    {
        var options = Read(parsed, out var errors);
        return errors.IsEmpty ? await _functions.CleanupAsync(options, ct) : Wrong(errors);
    }

    private async Task<int> DemoAsync(ParseResult parsed, CancellationToken ct)
    {
        var options = Read(parsed, out var errors);
        return errors.IsEmpty ? await _functions.DemoAsync(options, _output, ct) : Wrong(errors);
    }

    private static ShuntOptions Read(ParseResult parsed, out ImmutableArray<string> errors)
    {
        var options = AgentFlagsReader.Read(parsed, out errors);
        if (options.From.Length > 0 && !Path.Exists(options.From)) errors = errors.Add($"--from: \"{options.From}\": no such file or directory");
        return options;
    }

    private static T Choose<T>(ParseResult parsed, Option<string> option, ReadOnlySpan<(string Word, T Value)> choices, List<string> errors)
    {
        var text = parsed.GetValue(option) ?? choices[0].Word;
        foreach (var (word, value) in choices)
        {
            if (word == text) return value;
        }

        var words = new List<string>();
        foreach (var (word, _) in choices) words.Add(word);
        errors.Add($"{option.Name}: \"{text}\" is none of {string.Join(", ", words)}");
        return choices[0].Value;
    }

    private int Wrong(IEnumerable<string> errors)
    {
        foreach (var error in errors) _error.WriteLine($"shunt: {error}");
        return Failure;
    }

    private static IEnumerable<string> Explain(ParseResult parsed)
    {
        if (parsed.UnmatchedTokens.Count == 0) return parsed.Errors.Select(static error => error.Message);
        var flags = parsed.UnmatchedTokens.Where(static token => token.StartsWith('-')).Select(static token => token.Split('=')[0]).ToList();
        return flags.Count > 0
            ? flags.Select(static flag => $"unknown flag: {flag}")
            : [$"unexpected argument: \"{parsed.UnmatchedTokens[0]}\" (commands are run, plan, cleanup, demo, and come first)"];
    }
}
