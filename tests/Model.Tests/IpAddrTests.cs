using System.Text;

namespace Shunt.Model.Tests;

public sealed class IpAddrTests
{
    [Theory]
    [InlineData("172.30.0.041", "172.30.0.41")] // 07 row 111
    [InlineData("1.2.3.004", "1.2.3.4")]
    [InlineData("10.180.00.001", "10.180.0.1")]
    [InlineData("0.0.0.0", "0.0.0.0")]
    [InlineData("255.255.255.255", "255.255.255.255")]
    [InlineData("2001:DB8:0:0:0:0:0:1", "2001:db8::1")]
    [InlineData("::", "::")]
    [InlineData("::ffff:1.2.3.4", "1.2.3.4")]
    [InlineData("fd00:10:180::1", "fd00:10:180::1")]
    [InlineData("1:0:0:2:0:0:0:3", "1:0:0:2::3")]
    public void Text_is_canonical_after_reading(string text, string canonical)
    {
        Assert.True(IpAddr.TryParse(text, out var address));
        Assert.Equal(canonical, address.ToString());
        Assert.Equal(address, IpAddr.Parse(canonical));
    }

    [Theory]
    [InlineData("")] // 07 row 160
    [InlineData(" 1.2.3.4")]
    [InlineData("1.2.3")]
    [InlineData("1.2.3.4.5")]
    [InlineData("1.2.3.256")]
    [InlineData("1..2.3")]
    [InlineData("1.2.3.+4")]
    [InlineData("a.b.c.d")]
    [InlineData("fe80::1%eth0")]
    [InlineData("[::1]")]
    [InlineData("::1/128")]
    [InlineData(":::")]
    public void What_is_no_address_is_refused(string text) => Assert.False(IpAddr.TryParse(text, out _));

    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("127.255.0.9", true)]
    [InlineData("128.0.0.1", false)]
    [InlineData("::1", true)]
    [InlineData("::2", false)]
    public void Loopback_is_known(string text, bool loopback) => Assert.Equal(loopback, IpAddr.Parse(text).IsLoopback);

    [Fact]
    public void Order_is_family_then_number()
    {
        string[] sorted = ["10.0.0.2", "10.0.0.10", "192.168.0.1", "::1", "fd00::1"];

        Assert.Equal(sorted, sorted.Reverse().Select(static t => IpAddr.Parse(t)).Order().Select(static a => a.ToString()));
    }

    [Fact]
    public void No_address_is_not_valid_and_has_no_text()
    {
        Assert.False(default(IpAddr).IsValid);
        Assert.Equal("", default(IpAddr).ToString());
    }

    [Theory]
    [InlineData("10.1.2.3")]
    [InlineData("fd00:1:2:3:4:5:6:7")]
    public void Bytes_lead_back_to_the_address(string text)
    {
        var bytes = new byte[16];
        var address = IpAddr.Parse(text);

        Assert.Equal(address, IpAddr.FromBytes(bytes.AsSpan(0, address.WriteBytes(bytes))));
    }

    [Theory]
    [InlineData("10.0.0.1", 80, "10.0.0.1:80")]
    [InlineData("fd00::1", 443, "[fd00::1]:443")]
    [InlineData("1111:2222:3333:4444:5555:6666:7777:8888", 65535, "[1111:2222:3333:4444:5555:6666:7777:8888]:65535")]
    public void An_endpoint_id_is_address_and_port(string address, ushort port, string id)
    {
        var buffer = new byte[Endpoint.MaxIdLength];

        Assert.Equal(id, Encoding.ASCII.GetString(buffer, 0, new Endpoint(IpAddr.Parse(address), port).FormatId(buffer)));
    }

    [Fact]
    public void Endpoint_ids_are_ordered_byte_by_byte()
    {
        var ten = new Endpoint(IpAddr.Parse("10.0.0.10"), 80);
        var two = new Endpoint(IpAddr.Parse("10.0.0.2"), 80);

        Assert.True(Endpoint.CompareIds(ten, two) < 0);
    }
}
