namespace Shunt.Model.Tests;

public sealed class ServicePortNameTests
{
    [Theory]
    [InlineData("ns", "web", "", "ns/web")]
    [InlineData("ns", "web", "http", "ns/web:http")]
    public void Text_is_namespace_name_and_port(string ns, string name, string port, string text) =>
        Assert.Equal(text, new ServicePortName(ns, name, port, Protocol.Udp).ToString());

    [Fact]
    public void Order_is_by_code_unit_and_then_protocol()
    {
        ServicePortName[] sorted =
        [
            new("A", "z", "", Protocol.Tcp),
            new("a", "b", "", Protocol.Tcp),
            new("a", "b", "", Protocol.Udp),
            new("a", "b", "p", Protocol.Tcp),
            new("a", "b-c", "", Protocol.Tcp),
            new("b", "a", "", Protocol.Sctp),
        ];

        Assert.Equal(sorted, sorted.Reverse().Order());
    }

    [Theory]
    [InlineData("TCP", Protocol.Tcp, "tcp")]
    [InlineData("UDP", Protocol.Udp, "udp")]
    [InlineData("SCTP", Protocol.Sctp, "sctp")]
    public void Protocols_have_two_spellings(string api, Protocol protocol, string rule)
    {
        Assert.True(ProtocolNames.TryParseApiName(api, out var parsed));
        Assert.Equal((protocol, api, rule), (parsed, parsed.ToApiName(), parsed.ToRuleName()));
        Assert.False(ProtocolNames.TryParseApiName(rule, out _));
    }
}
