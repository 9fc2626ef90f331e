using System.Text.Json;
using Shunt.Proxy.Options.Configuration;

namespace Shunt.Proxy.Cli;

/// <summary><c>shunt config</c>: looks at configurations without running anything.</summary>
/// <param name="resolver">What files come to.</param>
/// <param name="output">Gets the answer.</param>
/// <param name="error">Gets what is wrong.</param>
internal sealed class ConfigCommand(ConfigurationResolver resolver, TextWriter output, TextWriter error)
{
    /// <summary>The exit code when there is a difference.</summary>
    public const int Different = 2;

    /// <summary>The word for the agent that runs on this machine.</summary>
    public const string Running = "running";

    private const string RunningUrl = "http://127.0.0.1:10249/configz";
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    /// <summary>Prints what differs between two configurations.</summary>
    /// <param name="old">A file, <c>running</c>, or the URL of a <c>/configz</c>.</param>
    /// <param name="new">The same.</param>
    /// <param name="ct">Ends a wait for a server.</param>
    /// <returns>0 for no difference, 2 for some, 1 when one of them cannot be read, or the new one cannot be used.</returns>
    public async Task<int> DiffAsync(string old, string @new, CancellationToken ct)
    {
        var before = await LoadAsync(old, ct);
        var after = await LoadAsync(@new, ct);
        if (before is null || after is null || Refused(after)) return CommandLine.Failure;

        var changes = ConfigurationDiff.Between(before.Effective, after.Effective);
        foreach (var change in changes) await output.WriteLineAsync($"{change} (needs a restart)");
        return changes.IsEmpty ? 0 : Different;
    }

    /// <summary>Says whether a configuration can be used, and what it does not do.</summary>
    /// <param name="path">A file, <c>running</c>, or the URL of a <c>/configz</c>.</param>
    /// <param name="ct">Ends a wait for a server.</param>
    /// <returns>0 when it can, 1 when not.</returns>
    public async Task<int> CheckAsync(string path, CancellationToken ct)
    {
        var result = await LoadAsync(path, ct);
        if (result is null || Refused(result)) return CommandLine.Failure;
        foreach (var warning in result.Warnings) await output.WriteLineAsync(warning.ToString());
        var unhonoured = Options.UnhonouredSettings.Of(Options.OptionsReader.Read(result.Effective));
        if (!unhonoured.IsEmpty) await output.WriteLineAsync($"These settings have no effect here: {string.Join(", ", unhonoured)}");
        await output.WriteLineAsync($"{path} is valid");
        return 0;
    }

    private bool Refused(ConfigurationResult result)
    {
        foreach (var problem in result.Errors) error.WriteLine($"shunt: {problem}");
        return !result.Errors.IsEmpty;
    }

    private async Task<ConfigurationResult?> LoadAsync(string from, CancellationToken ct)
    {
        var url = from == Running ? RunningUrl : from;
        var isUrl = url.StartsWith("http://", StringComparison.Ordinal) || url.StartsWith("https://", StringComparison.Ordinal);
        var (result, problem) = isUrl ? await FetchAsync(url, ct) : Read(from);
        if (result is null) await error.WriteLineAsync($"shunt: {problem}");
        return result;
    }

    private (ConfigurationResult? Result, string Problem) Read(string path)
    {
        var content = ConfigurationFile.ReadContent(path, out var problem);
        if (problem.Length > 0) return (null, problem);
        var result = resolver.OfFile(path, content);
        return (result, "");
    }

    /// <summary>The configuration another process is running with: in effect as it is, whatever the flags here.</summary>
    private static async Task<(ConfigurationResult? Result, string Problem)> FetchAsync(string url, CancellationToken ct)
    {
        using var client = new HttpClient { Timeout = Timeout };
        try
        {
            using var document = JsonDocument.Parse(await client.GetByteArrayAsync(new Uri(url), ct));
            if (document.RootElement.ValueKind != JsonValueKind.Object || !document.RootElement.TryGetProperty(KubeProxyConfiguration.Group, out var inner))
            {
                return (null, $"{url}: no {KubeProxyConfiguration.Group} in the answer");
            }

            var decoded = ConfigurationDecoder.Decode(inner);
            if (decoded.Value is null) return (null, $"{url}: {decoded.Error}");
            return (new ConfigurationResult(EffectiveConfiguration.Of(ConfigurationDefaults.Apply(decoded.Value)), [], []), "");
        }
        catch (Exception e) when (e is HttpRequestException or JsonException or UriFormatException
            || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            return (null, $"{url}: {e.Message.ReplaceLineEndings(" ")}");
        }
    }
}
