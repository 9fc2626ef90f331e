namespace Shunt.Proxy.Options.Configuration;

/// <summary>The file of <c>--config</c>, as it was when it was read, with the means to tell what other content would come to.</summary>
/// <param name="path">Where it is.</param>
/// <param name="content">What was in it.</param>
/// <param name="resolve">What a content comes to, with the flags that count beside it.</param>
internal sealed class ConfigurationFile(string path, ReadOnlyMemory<byte> content, Func<ReadOnlyMemory<byte>, ConfigurationResult> resolve)
{
    /// <summary>Where it is.</summary>
    public string Path => path;

    /// <summary>What was in it.</summary>
    public ReadOnlyMemory<byte> Content => content;

    /// <summary>What a content comes to.</summary>
    public ConfigurationResult Resolve(ReadOnlyMemory<byte> other) => resolve(other);

    /// <summary>Reads a file.</summary>
    /// <param name="path">Where it is.</param>
    /// <param name="problem">Why it could not be read; empty when it could.</param>
    public static ReadOnlyMemory<byte> ReadContent(string path, out string problem)
    {
        problem = "";
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            problem = $"open {path}: no such file or directory";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            problem = $"open {path}: {e.Message.ReplaceLineEndings(" ")}";
        }

        return default;
    }
}
