using Shunt.Testing;

namespace Shunt.House.Tests;

/// <summary>The papers: they exist, and they speak of this project only.</summary>
public sealed class DocumentTests
{
    [Theory]
    [InlineData("README.md")]
    [InlineData("CONTRIBUTING.md")]
    [InlineData("CHANGELOG.md")]
    [InlineData("LICENSE")]
    [InlineData("src/Model/README.md")]
    [InlineData("src/Netlink/README.md")]
    [InlineData("src/Backends/README.md")]
    [InlineData("src/Proxy/README.md")]
    public void There_is(string path) => Assert.True(File.Exists(Repository.PathOf(path)), $"{path} is missing");

    [Fact]
    public void Nothing_points_outside_the_repository() => Breaches.AssertNone(
        from folder in new[] { "src", "docs", "manifests", "bench", ".ci" }
        where Directory.Exists(Repository.PathOf(folder))
        from path in Directory.EnumerateFiles(Repository.PathOf(folder), "*", SearchOption.AllDirectories)
            .Concat(Directory.EnumerateFiles(Repository.Root))
        where !path.Contains("/bin/", StringComparison.Ordinal) && !path.Contains("/obj/", StringComparison.Ordinal)
        where !path.EndsWith("/.git", StringComparison.Ordinal)
        from hint in new[] { "../shared", "/work/" }
        where File.ReadAllText(path).Contains(hint, StringComparison.Ordinal)
        select $"{Path.GetRelativePath(Repository.Root, path)}: {hint}");
}
