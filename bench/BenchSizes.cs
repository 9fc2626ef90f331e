using System.Collections.Immutable;
using System.Globalization;

namespace Shunt.Bench;

/// <summary>Sizes of clusters on a command line, <c>1000x2,10000x10</c>.</summary>
internal static class BenchSizes
{
    /// <summary>Reads them: how many Services, and how many endpoints each has.</summary>
    /// <exception cref="ArgumentException">It is something else.</exception>
    public static ImmutableArray<(int Services, int Endpoints)> Parse(string text) => [.. text.Split(',').Select(Size)];

    private static (int Services, int Endpoints) Size(string text)
    {
        var parts = text.Split('x');
        return parts.Length == 2 ? (Number(parts[0]), Number(parts[1])) : throw new ArgumentException($"{text} is no size such as 1000x2");
    }

    private static int Number(string text) => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
}
