using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Shunt.House.Tests;

/// <summary>Measures a file against the sizes of CONTRIBUTING.md.</summary>
internal static class Budget
{
    public const int MethodLines = 60;
    public const int MethodLinesOfNineInTen = 35;
    public const int FileLines = 400;
    public const int ConstructorParameters = 6;
    public const int Indentation = 4;
    public const int Fields = 12;

    /// <summary>Everything over budget, as <c>path:member</c> and what is wrong with it.</summary>
    public static IEnumerable<(string Where, string What)> Overruns(SourceFile file)
    {
        if (file.LineCount > FileLines) yield return ($"{file.Path}:*", $"{file.LineCount} lines");
        foreach (var (name, body) in Methods(file))
        {
            var lines = Lines(body);
            if (lines > MethodLines) yield return ($"{file.Path}:{name}", $"{lines} lines");
            var depth = Depth(body);
            if (depth > Indentation) yield return ($"{file.Path}:{name}", $"{depth} levels of indentation");
        }

        foreach (var type in file.Types)
        {
            var parameters = Constructors(type).DefaultIfEmpty(0).Max();
            if (parameters > ConstructorParameters) yield return ($"{file.Path}:{type.Identifier.Text}", $"{parameters} constructor parameters");
            var fields = FieldCount(type);
            if (fields > Fields) yield return ($"{file.Path}:{type.Identifier.Text}", $"{fields} fields");
        }
    }

    /// <summary>Every piece of code with a name of its own: methods, constructors, operators, accessors. Local functions belong to theirs.</summary>
    public static IEnumerable<(string Name, SyntaxNode Body)> Methods(SourceFile file)
    {
        foreach (var node in file.Root.DescendantNodes())
        {
            var name = node switch
            {
                MethodDeclarationSyntax method => method.Identifier.Text,
                ConstructorDeclarationSyntax constructor => constructor.Identifier.Text,
                OperatorDeclarationSyntax op => "operator " + op.OperatorToken.Text,
                PropertyDeclarationSyntax property => property.Identifier.Text,
                IndexerDeclarationSyntax => "this",
                _ => null,
            };
            if (name is not null) yield return (name, node);
        }
    }

    /// <summary>The lines from the first of the declaration to its last; its documentation is not code.</summary>
    public static int Lines(SyntaxNode body)
    {
        var span = body.SyntaxTree.GetLineSpan(body.Span);
        return span.EndLinePosition.Line - span.StartLinePosition.Line + 1;
    }

    /// <summary>How far statements are indented: the body itself is level 1, and what stays on the line of its condition adds none.</summary>
    private static int Depth(SyntaxNode body) =>
        1 + body.DescendantNodes().Where(IsLevel).Select(node => node.AncestorsAndSelf().TakeWhile(a => a != body).Count(IsLevel))
            .DefaultIfEmpty(0).Max();

    private static bool IsLevel(SyntaxNode node) => node switch
    {
        IfStatementSyntax { Parent: ElseClauseSyntax } => false, // else if stays on the level of its if
        IfStatementSyntax { Statement: var inner } => IsOnLineOfItsOwn(node, inner),
        ForStatementSyntax { Statement: var inner } => IsOnLineOfItsOwn(node, inner),
        CommonForEachStatementSyntax { Statement: var inner } => IsOnLineOfItsOwn(node, inner),
        WhileStatementSyntax { Statement: var inner } => IsOnLineOfItsOwn(node, inner),
        DoStatementSyntax or SwitchStatementSyntax or SwitchSectionSyntax or TryStatementSyntax or LockStatementSyntax => true,
        UsingStatementSyntax or CheckedStatementSyntax or UnsafeStatementSyntax or FixedStatementSyntax => true,
        AnonymousFunctionExpressionSyntax { Block: not null } or LocalFunctionStatementSyntax { Body: not null } => true,
        _ => false,
    };

    private static bool IsOnLineOfItsOwn(SyntaxNode outer, SyntaxNode inner)
    {
        var tree = outer.SyntaxTree;
        return tree.GetLineSpan(inner.Span).EndLinePosition.Line > tree.GetLineSpan(outer.Span).StartLinePosition.Line;
    }

    private static IEnumerable<int> Constructors(TypeDeclarationSyntax type) =>
        type.Members.OfType<ConstructorDeclarationSyntax>().Select(c => c.ParameterList.Parameters.Count)
            .Concat(type.ParameterList is { } primary ? [primary.Parameters.Count] : Array.Empty<int>());

    private static int FieldCount(TypeDeclarationSyntax type) =>
        type.Members.OfType<FieldDeclarationSyntax>()
            .Where(field => !field.Modifiers.Any(SyntaxKind.ConstKeyword) && !field.Modifiers.Any(SyntaxKind.StaticKeyword))
            .Sum(field => field.Declaration.Variables.Count);
}
