using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Shunt.House.Tests;

/// <summary>What a file is called, and what it may not contain.</summary>
public sealed class FileTests
{
    [Fact]
    public void The_folder_is_the_namespace() => Breaches.AssertNone(
        from file in SourceTree.Files
        from space in file.Root.DescendantNodes().OfType<BaseNamespaceDeclarationSyntax>()
        let expected = "Shunt." + file.Folder.Replace('/', '.')
        where space.Name.ToString() != expected
        select $"{file.Path}: is in {space.Name}, not {expected}");

    [Fact]
    public void A_file_holds_one_type_and_has_its_name() => Breaches.AssertNone(
        from file in SourceTree.Files
        let names = file.TopLevelTypes.Where(type => !IsFileLocal(type)).Select(NameOf).Distinct().ToList()
        where names.Count > 0
        where names.Count > 1 || file.Name.Split('.')[0] != names[0]
        select $"{file.Path}: holds {string.Join(", ", names)}");

    [Fact]
    public void No_name_says_nothing() => Breaches.AssertNone(
        from file in SourceTree.Files
        from type in file.Types
        from word in new[] { "Utils", "Util", "Helpers", "Helper", "Common", "Manager", "Misc" }
        where type.Identifier.Text.EndsWith(word, StringComparison.Ordinal) && type.Identifier.Text != "ThrowHelper"
        select $"{file.Path}: {type.Identifier.Text} does not say what it is");

    /// <summary>What is thrown on after it was noted is not caught.</summary>
    [Fact]
    public void Everything_is_not_caught() => Breaches.AssertNone(
        from file in SourceTree.Files
        where !Allowances.CatchAll.Contains(file.Path)
        from clause in file.Root.DescendantNodes().OfType<CatchClauseSyntax>()
        where clause.Filter is null && clause.Declaration?.Type.ToString() is null or "Exception" or "System.Exception"
        where clause.Block.Statements.LastOrDefault() is not ThrowStatementSyntax { Expression: null }
        select $"{file.Path}:{LineOf(clause)}: catches everything");

    [Fact]
    public void No_method_is_async_void() => Breaches.AssertNone(
        from file in SourceTree.Files
        from method in file.Root.DescendantNodes().OfType<MethodDeclarationSyntax>()
        where method.Modifiers.Any(SyntaxKind.AsyncKeyword) && method.ReturnType.ToString() == "void"
        select $"{file.Path}: {method.Identifier.Text} is async void");

    [Theory]
    [InlineData("#region")]
    [InlineData("#nullable disable")]
    [InlineData("TODO")]
    [InlineData("FIXME")]
    public void No_file_says(string text) => Breaches.AssertNone(
        from file in SourceTree.Files
        where file.Text.Contains(text, StringComparison.Ordinal)
        select $"{file.Path}: {text}");

    private static bool IsFileLocal(MemberDeclarationSyntax type) => type.Modifiers.Any(SyntaxKind.FileKeyword);

    private static string NameOf(MemberDeclarationSyntax type) => type switch
    {
        BaseTypeDeclarationSyntax named => named.Identifier.Text,
        DelegateDeclarationSyntax named => named.Identifier.Text,
        _ => "",
    };

    private static int LineOf(CatchClauseSyntax clause) => clause.GetLocation().GetLineSpan().StartLinePosition.Line + 1;
}
