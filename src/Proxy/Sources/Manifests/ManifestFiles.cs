using System.Collections.Immutable;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;

namespace Shunt.Proxy.Sources.Manifests;

/// <summary>The files below a path, with the last good content of each. Reads again only those that changed.</summary>
internal sealed class ManifestFiles(string path, ILogger logger)
{
    private readonly ManifestParser _parser = new();
    private readonly bool _isDirectory = Directory.Exists(path);
    private SortedDictionary<string, FileState> _files = new(StringComparer.Ordinal);
    private bool _directoryGone;

    /// <summary>The entries of all files, in order; of an unreadable file, those it had when it was last readable.</summary>
    public IEnumerable<ManifestEntry> Entries => _files.Values.SelectMany(static f => f.Entries);

    /// <summary>At least one file could be read, or there is nothing to read.</summary>
    public bool HasContent => _files.Count == 0 || _files.Values.Any(static f => f.WasGood);

    /// <summary>Looks at all files.</summary>
    /// <param name="thorough">Read even those that look unchanged by time and size.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>The entries of the files that were read anew, and what is wrong with the unreadable ones that is new.</returns>
    public async Task<ManifestRead> ReadAsync(bool thorough, CancellationToken ct)
    {
        var fresh = ImmutableArray.CreateBuilder<ManifestEntry>();
        var errors = ImmutableArray.CreateBuilder<ConfigurationException>();
        var next = new SortedDictionary<string, FileState>(StringComparer.Ordinal);
        if (_isDirectory && !Directory.Exists(path)) return DirectoryGone();
        foreach (var file in ListFiles())
        {
            var before = _files.GetValueOrDefault(file, FileState.Unknown);
            var now = next[file] = await ReadFileAsync(file, before, thorough, ct);
            if (now.Error is { } error && error.Message != before.Error?.Message) errors.Add(error);
            if (now.Error is null && now.Hash != before.Hash) fresh.AddRange(now.Entries);
        }

        var changed = fresh.Count > 0 || _files.Count != next.Count || next.Any(f => !_files.TryGetValue(f.Key, out var old) || old.Hash != f.Value.Hash);
        _files = next;
        return new ManifestRead(changed, fresh.DrainToImmutable(), errors.DrainToImmutable());
    }

    /// <summary>Keeps all files as they were: a directory that is gone is more likely a mistake than a wish to delete everything.</summary>
    private ManifestRead DirectoryGone()
    {
        var isNews = !_directoryGone;
        _directoryGone = true;
        return new ManifestRead(false, [], isNews ? [new ConfigurationException($"{path}: the directory is gone")] : []);
    }

    private List<string> ListFiles()
    {
        _directoryGone = false;
        if (!_isDirectory) return [path];
        return Directory.EnumerateFiles(path)
            .Where(static f => Path.GetExtension(f) is ".yaml" or ".yml" or ".json" && !Path.GetFileName(f).StartsWith('.'))
            .Order(StringComparer.Ordinal)
            .ToList();
    }

    private async Task<FileState> ReadFileAsync(string file, FileState before, bool thorough, CancellationToken ct)
    {
        try
        {
            var stamp = StampOf(file);
            if (!thorough && stamp == before.Stamp) return before;
            var content = await File.ReadAllBytesAsync(file, ct);
            var hash = Convert.ToHexString(SHA256.HashData(content));
            if (hash == before.Hash) return before with { Stamp = stamp, Error = null };
            return Parse(file, content, before with { Stamp = stamp }, hash);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return before with { Stamp = "", Error = new ConfigurationException($"{file}: {e.Message}", e) };
        }
    }

    private FileState Parse(string file, byte[] content, FileState before, string hash)
    {
        try
        {
            var entries = _parser.Parse(file, content);
            if (_parser.IgnoredCount > 0) Log.ManifestKindsIgnored(logger, file, _parser.IgnoredCount);
            return new FileState(before.Stamp, hash, entries, null, true);
        }
        catch (ConfigurationException e)
        {
            return before with { Error = e };
        }
    }

    /// <summary>What a look from outside can tell: the real file's place, time and size.</summary>
    private static string StampOf(string file)
    {
        var target = File.ResolveLinkTarget(file, returnFinalTarget: true) as FileInfo ?? new FileInfo(file);
        return target.Exists ? $"{target.FullName} {target.LastWriteTimeUtc.Ticks} {target.Length}" : "missing";
    }

    /// <summary>One file. Hash and Entries are of its last good content.</summary>
    private sealed record FileState(string Stamp, string Hash, ImmutableArray<ManifestEntry> Entries, ConfigurationException? Error, bool WasGood)
    {
        public static FileState Unknown { get; } = new("", "", [], null, false);
    }
}
