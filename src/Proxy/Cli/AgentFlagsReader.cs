using System.Collections.Immutable;
using System.CommandLine;
using Shunt.Proxy.Options;
using Shunt.Proxy.Options.Configuration;

namespace Shunt.Proxy.Cli;

/// <summary>From a parsed command line, and the file it names, to <see cref="ShuntOptions"/>.</summary>
internal static class AgentFlagsReader
{
    /// <summary>Reads the options and checks them.</summary>
    /// <param name="parsed">A command line without unknown flags.</param>
    /// <param name="errors">Everything that is wrong; empty when the options can be used.</param>
    public static ShuntOptions Read(ParseResult parsed, out ImmutableArray<string> errors)
    {
        var reader = new FlagReader(parsed);
        var given = Given(reader);
        var settings = given.Aggregate(new FlagSettings(), (so, flag) => flag.Apply(reader, so));
        var (file, result) = Resolve(settings, new ConfigurationResolver(parsed, given));
        var options = OptionsReader.Read(result.Effective) with
        {
            Master = settings.Master,
            From = settings.From,
            Once = settings.Once,
            InitOnly = settings.InitOnly,
            IsModeDefault = result.IsModeDefault,
            Cleanup = settings.Cleanup,
            WriteConfigTo = settings.WriteConfigTo,
            ConfigFile = file,
            Flags = [.. AgentFlags.All.Select(flag => flag.ValueIn(settings)).OrderBy(static flag => flag.Name, StringComparer.Ordinal)],
            GivenFlags = [.. given.Select(static flag => flag.Name).Order(StringComparer.Ordinal)],
            Warnings = [.. Deprecations(given), .. result.Warnings],
        };
        errors = [.. reader.Errors, .. result.Errors, .. SourceErrors(options)];
        return options;
    }

    /// <summary>What files come to beside the flags of a command line.</summary>
    /// <param name="parsed">A command line without unknown flags.</param>
    /// <param name="errors">What is wrong with the flags.</param>
    public static ConfigurationResolver ResolverOf(ParseResult parsed, out ImmutableArray<string> errors)
    {
        var reader = new FlagReader(parsed);
        var given = Given(reader);
        foreach (var flag in given) flag.Apply(reader, new FlagSettings());
        errors = [.. reader.Errors];
        return new ConfigurationResolver(parsed, given);
    }

    private static ImmutableArray<Flag> Given(FlagReader reader) => [.. AgentFlags.All.Where(flag => reader.Given(flag.Name).Length > 0)];

    private static (ConfigurationFile? File, ConfigurationResult Result) Resolve(FlagSettings settings, ConfigurationResolver resolver)
    {
        var path = settings.ConfigFile;
        if (path.Length == 0) return (null, resolver.OfFlags(settings));
        var content = ConfigurationFile.ReadContent(path, out var problem);
        if (problem.Length > 0) return (null, ConfigurationResult.Failed($"--config: {problem}"));
        return (new ConfigurationFile(path, content, other => resolver.OfFile(path, other)), resolver.OfFile(path, content));
    }

    private static IEnumerable<ConfigurationWarning> Deprecations(ImmutableArray<Flag> given) =>
        from flag in given
        where flag.Deprecated.Length > 0
        select new ConfigurationWarning(ConfigurationWarningKind.FlagDeprecated, $"Flag {flag.Name} has been deprecated, {flag.Deprecated}", "");

    private static IEnumerable<string> SourceErrors(ShuntOptions options)
    {
        if (options.From.Length == 0) yield break;
        const string together = "cannot be used together with --from";

        // A file made for a cluster names a kubeconfig; that must not keep anyone from trying it on manifests.
        if (options.Kubeconfig.Length > 0 && options.ConfigFile is null) yield return $"--kubeconfig: \"{options.Kubeconfig}\" {together}";
        if (options.Master.Length > 0) yield return $"--master: \"{options.Master}\" {together}";
    }
}
