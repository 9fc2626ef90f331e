using System.Text;
using Shunt.Backends.Iptables;
using Shunt.Model;

namespace Shunt.Backends.Tests.Iptables;

public sealed class IptablesNamesTests
{
    [Theory]
    [InlineData("ns1/svc1:p80", Protocol.Tcp, "", "XPGD46QRK7WJZT7O")]
    [InlineData("ns5/svc5:p80", Protocol.Tcp, "", "NUKIZ6OKUXPJNT4C")]
    [InlineData("default/kubernetes:https", Protocol.Tcp, "", "NPX46M4PTMTKRN6Y")]
    [InlineData("kube-system/kube-dns:dns", Protocol.Udp, "", "TCOU7JCQXEZGVUNU")]
    [InlineData("ns1/svc1", Protocol.Tcp, "", "AQI2S6QIMU7PVVRP")]
    [InlineData("ns1/svc1:p80", Protocol.Tcp, "10.180.0.1:80", "SXIVWICOYRO3J4NJ")]
    [InlineData("ns1/svc1:p80", Protocol.Tcp, "[fd00:1::5]:80", "PJZRRGBS4MPCWYC6")]
    public void Hashes_are_those_of_kube_proxy(string label, Protocol protocol, string endpoint, string expected)
    {
        var hash = new byte[IptablesNames.HashLength];

        IptablesNames.Hash(Encoding.UTF8.GetBytes(label), protocol, Encoding.UTF8.GetBytes(endpoint), hash);

        Assert.Equal(expected, Encoding.ASCII.GetString(hash));
    }

    [Theory]
    [InlineData(1, "1.00000000000")]
    [InlineData(2, "0.50000000000")]
    [InlineData(3, "0.33333333349")]
    [InlineData(6, "0.16666666651")]
    [InlineData(7, "0.14285714272")]
    public void Probabilities_are_printed_as_the_kernel_keeps_them(int n, string expected) =>
        Assert.Equal(expected, Encoding.ASCII.GetString(RuleProbability.Text(n)));

    // 07 row 114
    [Fact]
    public void Probabilities_fall_strictly_up_to_the_limit_of_the_fraction()
    {
        var texts = Enumerable.Range(1, 20_000).Select(static n => Encoding.ASCII.GetString(RuleProbability.Text(n))).ToList();

        Assert.Equal(texts.OrderDescending(StringComparer.Ordinal), texts);
        Assert.Equal(texts.Count, texts.Distinct().Count());
    }
}
