namespace Shunt.Model.Tests;

public sealed class IpPrefixTests
{
    [Theory]
    [InlineData("203.0.113.000/025", "203.0.113.0/25")] // 07 row 111
    [InlineData("10.1.2.3/8", "10.0.0.0/8")]
    [InlineData("0.0.0.0/0", "0.0.0.0/0")]
    [InlineData("2001:db8:1::2/64", "2001:db8:1::/64")]
    [InlineData("::/0", "::/0")]
    [InlineData("1.2.3.4/32", "1.2.3.4/32")]
    public void Text_is_canonical_after_reading(string text, string canonical) => Assert.Equal(canonical, IpPrefix.Parse(text).ToString());

    [Theory]
    [InlineData("")] // 07 row 160
    [InlineData("1.2.3.4")]
    [InlineData("1.2.3.4/33")]
    [InlineData("::1/129")]
    [InlineData("1.2.3.4/-1")]
    [InlineData("1.2.3.4/")]
    [InlineData(" 1.2.3.0/24")]
    public void What_is_no_network_is_refused(string text) => Assert.False(IpPrefix.TryParse(text, out _));

    [Theory]
    [InlineData("10.0.0.0/8", "10.255.0.1", true)]
    [InlineData("10.0.0.0/8", "11.0.0.0", false)]
    [InlineData("10.0.0.0/8", "fd00::1", false)]
    [InlineData("0.0.0.0/0", "1.2.3.4", true)]
    [InlineData("0.0.0.0/0", "::1", false)]
    [InlineData("fd00:10::/64", "fd00:10::5", true)]
    [InlineData("1.2.3.4/32", "1.2.3.5", false)]
    public void An_address_is_inside_or_not(string network, string address, bool inside) =>
        Assert.Equal(inside, IpPrefix.Parse(network).Contains(IpAddr.Parse(address)));

    [Fact]
    public void No_network_contains_nothing() => Assert.False(default(IpPrefix).Contains(IpAddr.Parse("1.2.3.4")));
}
