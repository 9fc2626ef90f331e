using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Shunt.House.Tests;

/// <summary>One C# file of the product.</summary>
/// <param name="Path">Its path from the repository's root: <c>src/Model/IpAddr.cs</c>.</param>
/// <param name="Text">What it says.</param>
/// <param name="Root">The same, parsed.</param>
public sealed record SourceFile(string Path, string Text, CompilationUnitSyntax Root)
{
    /// <summary>The folder, from src: <c>Netlink/Interop</c>.</summary>
    public string Folder => System.IO.Path.GetDirectoryName(Path)!["src/".Length..]; // every path has a folder

    /// <summary>The project: the first folder.</summary>
    public string Project => Folder.Split('/')[0];

    /// <summary>The name without the extension.</summary>
    public string Name => System.IO.Path.GetFileNameWithoutExtension(Path);

    /// <summary>The number of lines.</summary>
    public int LineCount => Text.AsSpan().TrimEnd('\n').Count('\n') + 1;

    /// <summary>The namespaces it imports, and those it names in full.</summary>
    public IEnumerable<string> ImportedNamespaces =>
        Root.DescendantNodes().OfType<UsingDirectiveSyntax>().Where(u => u.Name is not null).Select(u => u.Name!.ToString())
            .Concat(Root.DescendantNodes().OfType<QualifiedNameSyntax>().Select(n => n.ToString()))
            .Concat(Root.DescendantNodes().OfType<MemberAccessExpressionSyntax>().Select(n => n.ToString()));

    /// <summary>The types at the top: classes, structs, records, interfaces, enums and delegates.</summary>
    public IEnumerable<MemberDeclarationSyntax> TopLevelTypes =>
        Root.DescendantNodes(n => n is CompilationUnitSyntax or BaseNamespaceDeclarationSyntax)
            .OfType<MemberDeclarationSyntax>().Where(m => m is BaseTypeDeclarationSyntax or DelegateDeclarationSyntax);

    /// <summary>Every type, nested ones too.</summary>
    public IEnumerable<TypeDeclarationSyntax> Types => Root.DescendantNodes().OfType<TypeDeclarationSyntax>();

    /// <summary>Whether it imports or names the namespace or one below it.</summary>
    public bool Uses(string space) =>
        ImportedNamespaces.Any(n => n == space || n.StartsWith(space + ".", StringComparison.Ordinal));

    /// <summary>Whether the word occurs as an identifier or keyword, not in a comment or a text.</summary>
    public bool Says(string word) => Root.DescendantTokens().Any(token => token.Text == word);
}
