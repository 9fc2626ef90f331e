using System.Collections.Immutable;
using System.Security.Cryptography;

namespace Shunt.Proxy.Kubernetes;

/// <summary>
/// The files that certificates were read from. The kubelet renews service account authorities and, where it lends them, client certificates; the
/// files are then replaced, often by a symbolic link in their path, so it is their content that is compared.
/// </summary>
internal sealed class CertificateFiles
{
    private readonly ImmutableArray<string> _paths;
    private readonly byte[] _stamp;
    private readonly Func<ApiServerOptions> _load;

    private CertificateFiles(ImmutableArray<string> paths, byte[] stamp, Func<ApiServerOptions> load)
    {
        _paths = paths;
        _stamp = stamp;
        _load = load;
    }

    /// <summary>Remembers what is in the files now; null when there are none.</summary>
    /// <param name="paths">The files.</param>
    /// <param name="load">Reads them again.</param>
    public static CertificateFiles? Of(ImmutableArray<string> paths, Func<ApiServerOptions> load) =>
        !paths.IsEmpty && Stamp(paths) is { } stamp ? new CertificateFiles(paths, stamp, load) : null;

    /// <summary>What is in the files now, with these files as they are now; null when they are as they were.</summary>
    /// <exception cref="ConfigurationException">They have changed, and cannot be used.</exception>
    public ApiServerOptions? Renewed()
    {
        var stamp = Stamp(_paths);
        return stamp is null || stamp.AsSpan().SequenceEqual(_stamp) ? null : _load();
    }

    /// <summary>One number for the content of all files; null when one cannot be read: it is being replaced.</summary>
    private static byte[]? Stamp(ImmutableArray<string> paths)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        try
        {
            foreach (var path in paths) hash.AppendData(SHA256.HashData(File.ReadAllBytes(path)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }

        return hash.GetHashAndReset();
    }
}
