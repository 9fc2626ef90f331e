using System.Globalization;
using System.Text;
using Shunt.Proxy.Metrics.Exposition;

namespace Shunt.Proxy.Tests.Metrics.Exposition;

public sealed class GoNumberTests
{
    [Theory]
    [InlineData(0, "0")]
    [InlineData(1, "1")]
    [InlineData(-1, "-1")]
    [InlineData(10, "10")]
    [InlineData(928, "928")]
    [InlineData(123456, "123456")]
    [InlineData(1000000, "1e+06")]
    [InlineData(1187868, "1.187868e+06")]
    [InlineData(1048576, "1.048576e+06")]
    [InlineData(1795337851.645039, "1.795337851645039e+09")]
    [InlineData(1.7953378516450417e+09, "1.7953378516450417e+09")]
    [InlineData(18446744073709551615d, "1.8446744073709552e+19")]
    [InlineData(0.24, "0.24")]
    [InlineData(16.384, "16.384")]
    [InlineData(0.001, "0.001")]
    [InlineData(0.0001, "0.0001")]
    [InlineData(0.00001, "1e-05")]
    [InlineData(2.524e-06, "2.524e-06")]
    [InlineData(123456.75, "123456.75")]
    [InlineData(1e100, "1e+100")]
    [InlineData(5e-324, "5e-324")]
    [InlineData(double.MaxValue, "1.7976931348623157e+308")]
    [InlineData(double.PositiveInfinity, "+Inf")]
    [InlineData(double.NegativeInfinity, "-Inf")]
    [InlineData(double.NaN, "NaN")]
    public void A_number_is_written_as_Go_writes_it(double value, string expected) => Assert.Equal(expected, Format(value));

    [Theory]
    [InlineData(1, "1.0")]
    [InlineData(0, "0.0")]
    [InlineData(300, "300.0")]
    [InlineData(0.5, "0.5")]
    [InlineData(1000000, "1e+06")]
    [InlineData(double.PositiveInfinity, "+Inf")]
    public void OpenMetrics_wants_a_fraction(double value, string expected)
    {
        Span<byte> text = stackalloc byte[GoNumber.MaxLength];
        Assert.Equal(expected, Encoding.ASCII.GetString(text[..GoNumber.FormatOpenMetrics(value, text)]));
    }

    [Fact]
    public void Every_number_can_be_read_back()
    {
        var random = new Random(20261124);
        for (var i = 0; i < 100_000; i++)
        {
            var value = BitConverter.Int64BitsToDouble(random.NextInt64(long.MinValue, long.MaxValue));
            if (double.IsFinite(value)) Assert.Equal(value, double.Parse(Format(value), CultureInfo.InvariantCulture));
        }
    }

    private static string Format(double value)
    {
        Span<byte> text = stackalloc byte[GoNumber.MaxLength];
        return Encoding.ASCII.GetString(text[..GoNumber.Format(value, text)]);
    }
}
