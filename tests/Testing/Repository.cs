namespace Shunt.Testing;

/// <summary>Where the sources are, for tests that read them.</summary>
public static class Repository
{
    private static readonly Lazy<string> Found = new(FindRoot);

    /// <summary>The directory that holds Proxy.sln.</summary>
    public static string Root => Found.Value;

    /// <summary>A path under the root.</summary>
    public static string PathOf(string relative) => Path.Combine(Root, relative);

    /// <summary>
    /// A file or directory of the reference dumps that may lie beside the repository; skips the test when they do not.
    /// </summary>
    public static string GoldenOrSkip(string relative)
    {
        var path = Path.GetFullPath(Path.Combine(Root, "..", "shared", "golden", relative));
        if (!Path.Exists(path)) Assert.Skip($"needs the reference dump {relative}, which is not on this machine");
        return path;
    }

    private static string FindRoot()
    {
        for (var at = AppContext.BaseDirectory; at is not null; at = Path.GetDirectoryName(at))
        {
            if (File.Exists(Path.Combine(at, "Proxy.sln"))) return at;
        }

        throw new InvalidOperationException($"no Proxy.sln above {AppContext.BaseDirectory}");
    }
}
