using System.Collections.Immutable;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Shunt.Proxy.Sources.Manifests;
using Shunt.Proxy.State;

namespace Shunt.Proxy.Sources;

/// <summary>
/// Cluster state from manifests in files, as kubectl prints and takes them. What an API server does for the agent is done here: objects
/// that the selectors would hide are left out, and an edit becomes the events of a watch.
/// </summary>
internal sealed class FileSource : IClusterSource
{
    private readonly FileSourceOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    /// <summary>Creates the source; nothing is read yet.</summary>
    public FileSource(FileSourceOptions options, TimeProvider time, ILogger logger)
    {
        _options = options;
        _time = time;
        _logger = logger;
    }

    /// <summary>Reads everything once. Single objects that cannot be used are logged and named in the lists.</summary>
    /// <returns>One list for each kind.</returns>
    /// <exception cref="ConfigurationException">A file cannot be read: the message names it, and the line.</exception>
    public async Task<ImmutableArray<WatchEvent.Listed>> LoadAsync(CancellationToken ct)
    {
        var files = new ManifestFiles(_options.Path, _logger);
        var read = await files.ReadAsync(thorough: true, ct);
        if (!read.Errors.IsEmpty) throw read.Errors[0];
        return Combine(files, read).ToListed();
    }

    /// <inheritdoc/>
    public async Task RunAsync(ChannelWriter<WatchEvent> events, CancellationToken ct)
    {
        var files = new ManifestFiles(_options.Path, _logger);
        using var signal = new FileChangeSignal(_options.Path, _options.PollInterval, _options.Debounce, _time, _logger);
        ManifestSet? current = null;
        var thorough = true;
        while (true)
        {
            current = await ReloadAsync(files, current, thorough, events, ct);
            thorough = await signal.WaitAsync(ct);
        }
    }

    private async Task<ManifestSet?> ReloadAsync(
        ManifestFiles files, ManifestSet? current, bool thorough, ChannelWriter<WatchEvent> events, CancellationToken ct)
    {
        var read = await files.ReadAsync(thorough, ct);
        foreach (var error in read.Errors) Log.ManifestUnreadable(_logger, error.Message);
        if (!files.HasContent || (current is not null && !read.Changed)) return current;

        var next = Combine(files, read);
        if (current is null)
        {
            foreach (var listed in next.ToListed()) await events.WriteAsync(listed, ct);
            Log.ManifestsListed(_logger, _options.Path, next.Count);
            return next;
        }

        var changes = next.ChangesSince(current);
        foreach (var change in changes) await events.WriteAsync(change, ct);
        var deleted = changes.Count(static c => c is WatchEvent.Deleted);
        if (!changes.IsEmpty) Log.ManifestsReloaded(_logger, _options.Path, changes.Length - deleted, deleted);
        return next;
    }

    private ManifestSet Combine(ManifestFiles files, ManifestRead read)
    {
        foreach (var entry in read.Fresh)
        {
            if (entry.Decoded.Object is null)
                Log.ObjectUnreadable(_logger, entry.Decoded.Error, entry.Kind, entry.Decoded.Name, Where(entry));
        }

        return ManifestSet.Of(files.Entries, _options.NodeName, (first, last) =>
            Log.ManifestDuplicate(_logger, last.Kind, last.Decoded.Name, Where(first), Where(last)));
    }

    private static string Where(ManifestEntry entry) => $"{entry.File}:{entry.Line}";
}
