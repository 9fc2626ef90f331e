using Shunt.Backends;
using Shunt.Proxy.Sync;

namespace Shunt.Proxy.Tests.Sync;

public sealed class DriftTextTests
{
    [Fact]
    public void What_is_missing_and_what_is_too_much() => Assert.Equal(
        "shared: +[chain services]; ns/web:http/TCP: +[a] +[b] -[c]",
        DriftText.Of(new Drift([new ServiceChange("", ["chain services"], []), new ServiceChange("ns/web:http/TCP", ["a", "b"], ["c"])])));

    [Fact]
    public void However_much_has_drifted_the_text_is_short()
    {
        var change = new ServiceChange("ns/web", [.. Enumerable.Repeat(new string('x', 10_000), 100)], [.. Enumerable.Repeat("y", 100)]);

        var text = DriftText.Of(new Drift([.. Enumerable.Repeat(change, 1000)]));

        Assert.InRange(text.Length, 500, 2000);
        Assert.EndsWith("-[y] ...; ...", text, StringComparison.Ordinal);
    }
}
