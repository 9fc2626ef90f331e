using Shunt.Testing;

namespace Shunt.Proxy.Tests.Packaging;

/// <summary>A kustomization in a directory of its own; BASE in its text stands for the way to this project's manifests.</summary>
internal sealed class KustomizeOverlay : IDisposable
{
    public KustomizeOverlay(string text)
    {
        // Kustomize takes no absolute paths.
        Directory = System.IO.Directory.CreateTempSubdirectory("shunt-overlay").FullName;
        var manifests = Path.GetRelativePath(Directory, Repository.PathOf("manifests"));
        File.WriteAllText(Path.Combine(Directory, "kustomization.yaml"), text.Replace("BASE", manifests, StringComparison.Ordinal));
    }

    public string Directory { get; }

    public void Dispose() => System.IO.Directory.Delete(Directory, recursive: true);
}
