using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Shunt.Testing;

namespace Shunt.House.Tests;

/// <summary>What the product logs: each event has a number of its own, and the lines that the documents promise exist.</summary>
public sealed partial class LogTests
{
    private static readonly Dictionary<string, int> Ranges = new() { ["Netlink"] = 1000, ["Backends"] = 2000, ["Proxy"] = 3000 };

    private static readonly List<LogEvent> Events = [.. SourceTree.Files.SelectMany(EventsOf)];

    [Fact]
    public void Every_event_has_a_number_of_its_own() => Breaches.AssertNone(
        from number in Events.GroupBy(static e => e.Id)
        where number.Count() > 1
        select $"{number.Key}: {string.Join(", ", number.Select(static e => e.Name))}");

    [Fact]
    public void Numbers_are_in_their_projects_thousand() => Breaches.AssertNone(
        from e in Events
        where !Ranges.TryGetValue(e.File.Project, out var first) || e.Id < first || e.Id >= first + 1000
        select $"{e.Name}: {e.Id}");

    [Fact]
    public void Events_are_declared_in_a_file_of_their_own() => Breaches.AssertNone(
        from e in Events where e.File.Name != "Log" select e.Name);

    [Fact]
    public void Messages_are_fixed_texts_without_a_full_stop() => Breaches.AssertNone(
        from e in Events where e.Message.EndsWith('.') || e.Message.Contains('\n', StringComparison.Ordinal) select $"{e.Name}: {e.Message}");

    [Fact]
    public void Lines_that_are_said_to_be_the_same_as_kube_proxys_are_in_the_sources()
    {
        var claimed = ClaimedLines();

        Assert.True(claimed.Count > 20, "the table of log lines is gone, or has another form");
        Breaches.AssertNone(
            from text in claimed
            where !Events.Exists(e => Pattern(e.Message).IsMatch(text))
            select $"docs/compatibility.md, Log lines: nothing logs \"{text}\"");
    }

    /// <summary>The texts in the first column of the rows whose second is "same".</summary>
    private static List<string> ClaimedLines()
    {
        var section = File.ReadAllText(Repository.PathOf("docs/compatibility.md")).Split("\n## ").Single(static part => part.StartsWith("Log lines\n", StringComparison.Ordinal));
        return
        [
            .. section.Split('\n').Where(static line => line.StartsWith('|')).Select(static line => line.Split('|'))
                .Where(static cells => cells.Length > 3 && cells[2].Trim().StartsWith("same", StringComparison.Ordinal))
                .SelectMany(static cells => Code().Matches(cells[1]).Select(static match => match.Groups[1].Value)),
        ];
    }

    private static IEnumerable<LogEvent> EventsOf(SourceFile file) =>
        from method in file.Root.DescendantNodes().OfType<MethodDeclarationSyntax>()
        from attribute in method.AttributeLists.SelectMany(static list => list.Attributes)
        where attribute.Name.ToString() == "LoggerMessage"
        let arguments = attribute.ArgumentList!.Arguments // the attribute has no form without
        select new LogEvent(
            file,
            $"{file.Path}: {method.Identifier.Text}",
            int.Parse(arguments[0].Expression.ToString(), CultureInfo.InvariantCulture),
            Text(arguments[2].Expression));

    /// <summary>A text, which may be put together from several.</summary>
    private static string Text(ExpressionSyntax expression) =>
        string.Concat(expression.DescendantNodesAndSelf().OfType<LiteralExpressionSyntax>().Select(static literal => literal.Token.ValueText));

    private static Regex Pattern(string message) =>
        new("^" + Placeholder().Replace(Regex.Escape(message), ".+") + "$", RegexOptions.CultureInvariant);

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Code();

    // As they look when escaped: the closing brace needs no escape.
    [GeneratedRegex(@"\\\{\w+\}")]
    private static partial Regex Placeholder();

    private sealed record LogEvent(SourceFile File, string Name, int Id, string Message);
}
