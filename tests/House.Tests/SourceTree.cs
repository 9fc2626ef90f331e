using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Shunt.Testing;

namespace Shunt.House.Tests;

/// <summary>All C# of the product, parsed once.</summary>
public static class SourceTree
{
    private static readonly CSharpParseOptions Options = new(LanguageVersion.Preview);

    private static readonly Lazy<IReadOnlyList<SourceFile>> Loaded = new(Load);

    /// <summary>The files, sorted by path.</summary>
    public static IReadOnlyList<SourceFile> Files => Loaded.Value;

    /// <summary>The files of a project or folder: <c>Netlink</c>, <c>Backends/Iptables</c>.</summary>
    public static IEnumerable<SourceFile> Under(string folder) =>
        Files.Where(f => f.Folder == folder || f.Folder.StartsWith(folder + "/", StringComparison.Ordinal));

    /// <summary>Parses a text as if it were a file of the product; for the tests of the rules themselves.</summary>
    public static SourceFile Parse(string path, string text) =>
        new(path, text, (CompilationUnitSyntax)CSharpSyntaxTree.ParseText(text, Options).GetRoot());

    private static List<SourceFile> Load() =>
    [
        .. Directory.EnumerateFiles(Repository.PathOf("src"), "*.cs", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Repository.Root, path))
            .Where(path => !path.Contains("/bin/", StringComparison.Ordinal) && !path.Contains("/obj/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(path => Parse(path, File.ReadAllText(Repository.PathOf(path)))),
    ];
}
