using Shunt.Proxy.Options;

namespace Shunt.Proxy.Tests.Options;

public sealed class GoDurationTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("0s", 0)]
    [InlineData("30s", 30)]
    [InlineData("100ms", 0.1)]
    [InlineData("1.5s", 1.5)]
    [InlineData(".5s", 0.5)]
    [InlineData("1.s", 1)]
    [InlineData("1h2m3s", 3723)]
    [InlineData("1h2m3.5s", 3723.5)]
    [InlineData("-1m", -60)]
    [InlineData("+5s", 5)]
    [InlineData("1us", 0.000001)]
    [InlineData("1\u00B5s", 0.000001)]
    [InlineData("1\u03BCs", 0.000001)]
    [InlineData("500ns", 0.0000005)]
    [InlineData("1m1m", 120)]
    public void A_duration_is_read_as_Go_reads_it(string text, double seconds)
    {
        Assert.True(GoDuration.TryParse(text, out var value, out var problem), problem);
        Assert.Equal((long)Math.Round(seconds * TimeSpan.TicksPerSecond), value.Ticks);
    }

    [Theory]
    [InlineData("", "is not a duration")]
    [InlineData("-", "is not a duration")]
    [InlineData("30", "has no unit after 30")]
    [InlineData("1h30", "has no unit after 30")]
    [InlineData("30d", "has the unknown unit \"d\"")]
    [InlineData("s", "is not a duration")]
    [InlineData(".s", "is not a duration")]
    [InlineData("1..5s", "is not a duration")]
    [InlineData("1 s", "has the unknown unit \" s\"")]
    [InlineData("one minute", "is not a duration")]
    [InlineData("99999999h", "is too long")]
    [InlineData("99999999999999999999999999999999999999s", "is too long")]
    public void What_is_no_duration_is_explained(string text, string problem)
    {
        Assert.False(GoDuration.TryParse(text, out _, out var said));
        Assert.StartsWith(problem, said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "0s")]
    [InlineData(900, "15m0s")]
    [InlineData(3600, "1h0m0s")]
    [InlineData(86400, "24h0m0s")]
    [InlineData(30, "30s")]
    [InlineData(90.5, "1m30.5s")]
    [InlineData(0.1, "100ms")]
    [InlineData(0.0015, "1.5ms")]
    [InlineData(0.0000025, "2.5\u00B5s")]
    [InlineData(0.0000005, "500ns")]
    [InlineData(-60, "-1m0s")]
    public void A_duration_is_written_as_Go_writes_it_and_reads_back(double seconds, string text)
    {
        var value = TimeSpan.FromTicks((long)Math.Round(seconds * TimeSpan.TicksPerSecond));

        Assert.Equal(text, GoDuration.Format(value));
        Assert.True(GoDuration.TryParse(text, out var back, out _));
        Assert.Equal(value, back);
    }
}
