namespace Shunt.House.Tests;

/// <summary>Fails a test with everything it found, a line each.</summary>
internal static class Breaches
{
    public static void AssertNone(IEnumerable<string> breaches)
    {
        var found = breaches.Distinct().Order(StringComparer.Ordinal).ToList();
        if (found.Count > 0) Assert.Fail(string.Join(Environment.NewLine, found));
    }
}
