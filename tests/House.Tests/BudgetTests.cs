using Shunt.Testing;

namespace Shunt.House.Tests;

/// <summary>Sizes: over budget means split it, or justify it in budget-exceptions.txt.</summary>
public sealed class BudgetTests
{
    [Fact]
    public void Nothing_is_over_budget_without_a_reason()
    {
        var excused = Exceptions();
        Breaches.AssertNone(
            from file in SourceTree.Files
            from overrun in Budget.Overruns(file)
            where !excused.ContainsKey(overrun.Where)
            select $"{overrun.Where} has {overrun.What}");
    }

    [Fact]
    public void Nine_methods_in_ten_are_short()
    {
        var lengths = SourceTree.Files.SelectMany(Budget.Methods).Select(m => Budget.Lines(m.Body)).Order().ToList();
        Assert.InRange(lengths[lengths.Count * 9 / 10], 0, Budget.MethodLinesOfNineInTen);
    }

    [Fact]
    public void Every_exception_is_still_needed_and_has_a_reason()
    {
        var over = SourceTree.Files.SelectMany(Budget.Overruns).Select(o => o.Where).ToHashSet();
        Breaches.AssertNone(
            from exception in Exceptions()
            where !over.Contains(exception.Key) || exception.Value.Length == 0
            select exception.Value.Length == 0 ? $"{exception.Key}: gives no reason" : $"{exception.Key}: is within budget now");
    }

    [Theory]
    [InlineData("class A { void M() { if (x) {\nforeach (var y in z) {\nwhile (true) {\nif (y) N(); } } } } }", "")] // four levels
    [InlineData("class A { void M() { if (x) {\nforeach (var y in z) {\nwhile (true) {\nif (y)\nN(); } } } } }", "src/A.cs:M")]
    [InlineData("class A { void M() { if (a)\nN(); else if (b)\nN(); else if (c)\nN(); else if (d)\nN(); else if (e)\nN(); } }", "")]
    [InlineData("class A(int a, int b, int c, int d, int e, int f);", "")]
    [InlineData("class A(int a, int b, int c, int d, int e, int f, int g);", "src/A.cs:A")]
    [InlineData("class A { int a, b, c, d, e, f, g, h, i, j, k, l; const int M = 1; static int n; }", "")]
    [InlineData("class A { int a, b, c, d, e, f, g, h, i, j, k, l, m; }", "src/A.cs:A")]
    public void The_budget_is_measured(string source, string expected) =>
        Assert.Equal(expected, string.Join(", ", Budget.Overruns(SourceTree.Parse("src/A.cs", source)).Select(o => o.Where)));

    [Theory]
    [InlineData(60, "")]
    [InlineData(61, "src/A.cs:M")]
    public void A_long_method_is_found(int lines, string expected)
    {
        var source = "class A\n{\n    void M()\n    {\n" + string.Concat(Enumerable.Repeat("        N();\n", lines - 3)) + "    }\n}\n";
        Assert.Equal(expected, string.Join(", ", Budget.Overruns(SourceTree.Parse("src/A.cs", source)).Select(o => o.Where)));
    }

    private static Dictionary<string, string> Exceptions() =>
        File.ReadLines(Repository.PathOf("budget-exceptions.txt"))
            .Where(line => line.Length > 0 && line[0] != '#')
            .Select(line => line.Split(' ', 2))
            .ToDictionary(parts => parts[0], parts => parts.Length == 2 ? parts[1] : "");
}
