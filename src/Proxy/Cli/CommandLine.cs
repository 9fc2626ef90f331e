using System.Collections.Immutable;
using System.CommandLine;
using Microsoft.Extensions.Logging;
using Shunt.Proxy.Logging;
using Shunt.Proxy.Options;
using Shunt.Proxy.Options.Configuration;

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
    private readonly Argument<string> _old = new("OLD") { Description = "A file, \"running\" for the agent on this machine, or the URL of a /configz." };
    private readonly Argument<string> _new = new("NEW") { Description = "The same." };
    private readonly Argument<string> _service = new("NAMESPACE/NAME")
    {
        Description = "A Service, or with :PORT one of its ports; all when it is left out.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Argument<string> _file = new("FILE") { Description = "A file, \"running\", or the URL of a /configz." };
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
        Add("services", "Show what this node's kernel serves, and where it leads, of one Service or of all (nftables mode).", flags, ServicesAsync).Arguments.Add(_service);
        Add("cleanup", "Remove everything of ours from the kernel, and nothing else.", flags, CleanupAsync);
        Add("demo", "Show it at work on this machine, in network namespaces of its own.", flags, DemoAsync);
        AddConfig(flags);
        _root.Subcommands.Add(new Command("version", "Print the version."));
    }

    /// <summary>Does what a command line says.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> InvokeAsync(IReadOnlyList<string> args, CancellationToken ct)
    {
        var version = VersionText.Requested(args, out var problem);
        if (problem.Length > 0) return Wrong([problem]);
        if (version is not null)
        {
            await _output.WriteLineAsync(version);
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

    private void AddConfig(ImmutableArray<Option> flags)
    {
        var config = new Command("config", "Look at configuration files, without running anything.");
        var diff = Create("diff", "Show what differs, after defaults: exit code 0 when nothing does, 2 when something does, 1 after an error.", flags, DiffAsync);
        diff.Arguments.Add(_old);
        diff.Arguments.Add(_new);
        var check = Create("check", "Say whether a file can be used: exit code 0 when it can, 1 when not.", flags, CheckAsync);
        check.Arguments.Add(_file);
        config.Subcommands.Add(diff);
        config.Subcommands.Add(check);
        _root.Subcommands.Add(config);
    }

    private Command Add(string name, string help, ImmutableArray<Option> flags, Func<ParseResult, CancellationToken, Task<int>> action)
    {
        var command = Create(name, help, flags, action);
        _root.Subcommands.Add(command);
        return command;
    }

    private static Command Create(string name, string help, ImmutableArray<Option> flags, Func<ParseResult, CancellationToken, Task<int>> action)
    {
        var command = new Command(name, help);
        foreach (var flag in flags) command.Options.Add(flag);
        command.SetAction(action);
        return command;
    }

    private static Option ToOption(Flag flag)
    {
        string[] aliases = flag.Name == "--v" ? ["-v"] : [];
        return new Option<string[]>(flag.Name, aliases)
        {
            Description = flag.Description,
            Hidden = flag.Deprecated.Length > 0,
            Arity = ArgumentArity.OneOrMore,
            AllowMultipleArgumentsPerToken = false,
            HelpName = flag.Kind == FlagKind.Boolean ? "true|false" : "value",
        };
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken ct)
    {
        var options = Read(parsed, out var errors);
        if (!errors.IsEmpty) return Wrong(errors);
        Warn(options);
        if (options.WriteConfigTo.Length > 0) return await WriteConfigurationAsync(options, ct);
        return options.Cleanup ? await CleanupAsync(options, ct) : await _functions.RunAsync(options, ct);
    }

    private async Task<int> PlanAsync(ParseResult parsed, CancellationToken ct)
    {
        var options = Read(parsed, out var errors);
        var flags = new FlagReader(parsed);
        var against = Choose(parsed, _against, [("kernel", PlanAgainst.Kernel), ("empty", PlanAgainst.Empty)], flags.Errors);
        var form = Choose(parsed, _form, [("text", PlanOutput.Text), ("json", PlanOutput.Json), ("restore", PlanOutput.Restore)], flags.Errors);
        if (flags.Errors.Count > 0) errors = errors.AddRange(flags.Errors);
        if (errors.IsEmpty) Warn(options);
        return errors.IsEmpty ? await _functions.PlanAsync(options, new PlanRequest(against, form), _output, ct) : Wrong(errors);
    }

    private async Task<int> ServicesAsync(ParseResult parsed, CancellationToken ct)
    {
        var options = Read(parsed, out var errors);
        return errors.IsEmpty ? await _functions.ServicesAsync(options, parsed.GetValue(_service) ?? "", _output, ct) : Wrong(errors);
    }

    private async Task<int> CleanupAsync(ParseResult parsed, CancellationToken ct)
    {
        var options = Read(parsed, out var errors);
        return errors.IsEmpty ? await CleanupAsync(options, ct) : Wrong(errors);
    }

    private async Task<int> CleanupAsync(ShuntOptions options, CancellationToken ct)
    {
        var code = await _functions.CleanupAsync(options, ct);
        return code == 0 ? 0 : Wrong(["encountered an error while tearing down rules"]);
    }

    private async Task<int> WriteConfigurationAsync(ShuntOptions options, CancellationToken ct)
    {
        try
        {
            await File.WriteAllTextAsync(options.WriteConfigTo, KubeProxyConfigurationYaml.ToText(options.Configuration), ct);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return Wrong([$"--write-config-to: open {options.WriteConfigTo}: {e.Message.ReplaceLineEndings(" ")}"]);
        }

        using var logging = CreateLogging(options);
        Log.WroteConfiguration(logging.CreateLogger<CommandLine>(), options.WriteConfigTo);
        return 0;
    }

    private Task<int> DiffAsync(ParseResult parsed, CancellationToken ct) =>
        ConfigAsync(parsed, command => command.DiffAsync(parsed.GetRequiredValue(_old), parsed.GetRequiredValue(_new), ct));

    private Task<int> CheckAsync(ParseResult parsed, CancellationToken ct) =>
        ConfigAsync(parsed, command => command.CheckAsync(parsed.GetRequiredValue(_file), ct));

    private async Task<int> ConfigAsync(ParseResult parsed, Func<ConfigCommand, Task<int>> action)
    {
        var resolver = AgentFlagsReader.ResolverOf(parsed, out var errors);
        return errors.IsEmpty ? await action(new ConfigCommand(resolver, _output, _error)) : Wrong(errors);
    }

    /// <summary>Says what of the command line and the file does not do what it seems to.</summary>
    private void Warn(ShuntOptions options)
    {
        var unhonoured = UnhonouredSettings.Of(options);
        if (options.Warnings.IsEmpty && unhonoured.IsEmpty) return;
        using var logging = CreateLogging(options);
        var logger = logging.CreateLogger<CommandLine>();
        foreach (var warning in options.Warnings) Warn(logger, warning);
        if (!unhonoured.IsEmpty) Log.SettingsWithoutEffect(logger, unhonoured);
    }

    private async Task<int> DemoAsync(ParseResult parsed, CancellationToken ct)
    {
        var options = Read(parsed, out var errors);
        return errors.IsEmpty ? await _functions.DemoAsync(options, _output, ct) : Wrong(errors);
    }

    private static void Warn(ILogger logger, ConfigurationWarning warning)
    {
        switch (warning.Kind)
        {
            case ConfigurationWarningKind.LenientDecoding: Log.LenientDecoding(logger, warning.What, warning.File); break;
            case ConfigurationWarningKind.FlagsIgnored: Log.FlagsIgnored(logger, warning.What, warning.File); break;
            case ConfigurationWarningKind.FlagDeprecated: Log.FlagDeprecated(logger, warning.What); break;
        }
    }

    private ILoggerFactory CreateLogging(ShuntOptions options)
    {
        var streams = new LogStreams(options.LogSplitStream ? _output : _error, _error);
        return LineLoggerProvider.CreateFactory(options.LoggingFormat, new LogLevelSwitch(options.Verbosity, []), streams, TimeProvider.System);
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
            : [$"\"kube-proxy\" does not take any arguments, got [{string.Join(' ', parsed.UnmatchedTokens.Select(ConfigurationError.Quote))}]"
                + " (commands are run, plan, cleanup, demo, config, version, and come first)"];
    }
}
