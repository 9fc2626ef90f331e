using Microsoft.Extensions.Logging;
using Shunt.Proxy.Sources.Manifests;
using Shunt.Proxy.Sync;

namespace Shunt.Proxy.Options.Configuration;

/// <summary>
/// Notices that the file of <c>--config</c> has other content: written in place, renamed over, or by the exchange of the link that a ConfigMap
/// volume is. A new configuration takes a new process; one that cannot be used, or comes to the same, does not end this one.
/// </summary>
internal sealed class ConfigFileWatch
{
    private readonly ConfigurationFile _file;
    private readonly KubeProxyConfiguration _running;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    /// <summary>A watch for the process that runs with a configuration.</summary>
    /// <param name="file">The file, as it was read at the start.</param>
    /// <param name="running">What it came to.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Gets what the new content is.</param>
    public ConfigFileWatch(ConfigurationFile file, KubeProxyConfiguration running, TimeProvider time, ILogger logger)
    {
        _file = file;
        _running = running;
        _time = time;
        _logger = logger;
    }

    /// <summary>How often to look though nothing was reported: network file systems, exhausted watches, links into other directories.</summary>
    public TimeSpan RecheckInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long to wait after a report for the writer to finish.</summary>
    public TimeSpan Debounce { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Watches until there is a new configuration.</summary>
    /// <exception cref="AgentStoppedException">There is; the message is kube-proxy's.</exception>
    public async Task RunAsync(CancellationToken ct)
    {
        using var changes = new FileChangeSignal(_file.Path, RecheckInterval, Debounce, _time, _logger);
        var seen = _file.Content;
        while (true)
        {
            // The first look is before the first wait: the file may have changed since it was read.
            var content = ConfigurationFile.ReadContent(_file.Path, out var problem);
            if (problem.Length > 0)
            {
                Log.ConfigurationUnreadable(_logger, problem); // in the middle of being replaced, most likely
            }
            else if (!content.Span.SequenceEqual(seen.Span))
            {
                seen = content;
                Judge(content);
            }

            await changes.WaitAsync(ct);
        }
    }

    private void Judge(ReadOnlyMemory<byte> content)
    {
        var result = _file.Resolve(content);
        if (!result.Errors.IsEmpty)
        {
            Log.ConfigurationRefused(_logger, string.Join("; ", result.Errors), _file.Path);
            return;
        }

        if (ConfigurationDiff.Between(_running, result.Effective).IsEmpty)
        {
            Log.ConfigurationSame(_logger, _file.Path);
            return;
        }

        throw new AgentStoppedException("content of the proxy server's configuration file was updated");
    }
}
