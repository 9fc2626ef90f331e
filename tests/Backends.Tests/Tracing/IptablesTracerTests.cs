using Shunt.Model;
using Shunt.Testing.Tracing;

namespace Shunt.Backends.Tests.Tracing;

/// <summary>The tracer against rules small enough to follow by eye (07 row 108).</summary>
public sealed class IptablesTracerTests
{
    private const string Rules = """
        *filter
        :INPUT ACCEPT [0:0]
        :FORWARD ACCEPT [0:0]
        :OUTPUT ACCEPT [0:0]
        :KUBE-SERVICES - [0:0]
        :KUBE-FORWARD - [0:0]
        -A INPUT -p tcp -m comment --comment "health check" -m tcp --dport 30000 -j ACCEPT
        -A INPUT -p tcp -m addrtype --dst-type LOCAL -m tcp --dport 30001 -j DROP
        -A FORWARD -m conntrack --ctstate INVALID -m nfacct --nfacct-name  ct_state_invalid_dropped_pkts -j DROP
        -A FORWARD -m conntrack --ctstate NEW -j KUBE-SERVICES
        -A FORWARD -j KUBE-FORWARD
        -A KUBE-FORWARD -m mark --mark 0x4000/0x4000 -j ACCEPT
        -A KUBE-SERVICES -d 172.30.0.43/32 -p tcp -m comment --comment "ns/svc \"3\" has no endpoints" -m tcp --dport 80 -j REJECT --reject-with icmp-port-unreachable
        -A KUBE-SERVICES -d 172.30.0.44/32 -p tcp -m tcp --dport 80 -j DROP
        COMMIT
        *nat
        :PREROUTING ACCEPT [0:0]
        :OUTPUT ACCEPT [0:0]
        :POSTROUTING ACCEPT [0:0]
        :KUBE-SERVICES - [0:0]
        :KUBE-POSTROUTING - [0:0]
        :KUBE-MARK-MASQ - [0:0]
        :KUBE-SVC-1 - [0:0]
        :KUBE-SVC-2 - [0:0]
        :KUBE-SEP-1 - [0:0]
        :KUBE-SEP-2 - [0:0]
        -A PREROUTING -j KUBE-SERVICES
        -A OUTPUT -j KUBE-SERVICES
        -A POSTROUTING -j KUBE-POSTROUTING
        -A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
        -A KUBE-POSTROUTING -j MARK --set-xmark 0x4000/0x0
        -A KUBE-POSTROUTING -j MASQUERADE --random-fully
        -A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000
        -A KUBE-SERVICES -d 172.30.0.41/32 -p tcp -m tcp --dport 80 -j KUBE-SVC-1
        -A KUBE-SERVICES -d 172.30.0.42/32 -p tcp -m tcp --dport 80 -j KUBE-SVC-2
        -A KUBE-SVC-1 ! -s 10.0.0.0/8 -j KUBE-MARK-MASQ
        -A KUBE-SVC-1 -j KUBE-SEP-1
        -A KUBE-SVC-2 -m recent --rcheck --seconds 10800 --reap --name KUBE-SEP-2 --mask 255.255.255.255 --rsource -j KUBE-SEP-2
        -A KUBE-SVC-2 -m statistic --mode random --probability 0.50000000000 -j KUBE-SEP-1
        -A KUBE-SVC-2 -j KUBE-SEP-2
        -A KUBE-SEP-1 -s 10.180.0.1/32 -j KUBE-MARK-MASQ
        -A KUBE-SEP-1 -p tcp -m tcp -j DNAT --to-destination 10.180.0.1:8080
        -A KUBE-SEP-2 -p tcp -m recent --set --name KUBE-SEP-2 --mask 255.255.255.255 --rsource -m tcp -j DNAT --to-destination 10.180.0.2:8080
        COMMIT
        """;

    [Theory]
    [InlineData("10.0.0.2", "172.30.0.99:80", "")] // no rule cares
    [InlineData("10.0.0.2", "172.30.0.41:81", "")] // another port
    [InlineData("10.0.0.2", "172.30.0.41:80", "10.180.0.1:8080 u")]
    [InlineData("10.0.0.2", "172.30.0.42:80", "10.180.0.1:8080, 10.180.0.2:8080 u")]
    [InlineData("192.168.0.2", "172.30.0.41:80", "10.180.0.1:8080 m")] // the node itself, through OUTPUT
    [InlineData("203.0.113.9", "172.30.0.41:80", "10.180.0.1:8080 m")]
    [InlineData("10.180.0.1", "172.30.0.41:80", "10.180.0.1:8080 m")] // hairpin
    [InlineData("10.180.0.1", "172.30.0.42:80", "10.180.0.1:8080 m, 10.180.0.2:8080 u")] // hairpin by chance
    [InlineData("10.0.0.2", "172.30.0.43:80", "REJECT")]
    [InlineData("10.0.0.2", "172.30.0.44:80", "DROP")]
    [InlineData("203.0.113.9", "192.168.0.2:30000", "ACCEPT")]
    [InlineData("203.0.113.9", "192.168.0.2:30001", "DROP")] // a local destination
    [InlineData("203.0.113.9", "192.168.0.9:30001", "")] // not a local one, so FORWARD
    [InlineData("192.168.0.2", "192.168.0.2:30001", "DROP")] // from the node to itself: out, then in
    [InlineData("127.0.0.1", "127.0.0.1:30001", "DROP")]
    public void A_packet_comes_to(string source, string to, string expected) =>
        Assert.Equal(expected, IptablesTracer.Of(Rules, "192.168.0.2").Trace(Protocol.Tcp, source, to));

    [Fact]
    public void Another_protocol_is_another_matter() =>
        Assert.Equal("", IptablesTracer.Of(Rules, "192.168.0.2").Trace(Protocol.Udp, "10.0.0.2", "172.30.0.41:80"));

    [Fact]
    public void A_remembered_client_goes_where_it_went()
    {
        var tracer = IptablesTracer.Of(Rules, "192.168.0.2");
        tracer.Remembered.Add("KUBE-SEP-2");
        Assert.Equal("10.180.0.2:8080 u", tracer.Trace(Protocol.Tcp, "10.0.0.2", "172.30.0.42:80"));
    }

    [Fact]
    public void Ipv6_is_walked_the_same_way()
    {
        const string rules = """
            *nat
            -A PREROUTING -d fd00:10:96::1/128 -p udp -m udp --dport 53 -j MARK --set-xmark 0x4000/0x4000
            -A PREROUTING -d fd00:10:96::1/128 -p udp -m udp --dport 53 -j DNAT --to-destination [fd00:1::5]:5353
            -A POSTROUTING -m mark --mark 0x4000/0x4000 -j MASQUERADE
            COMMIT
            """;
        Assert.Equal("[fd00:1::5]:5353 m", IptablesTracer.Of(rules, "fd00:c0de::2").Trace(Protocol.Udp, "fd00:2::1", "[fd00:10:96::1]:53"));
    }

    [Fact]
    public void A_thousand_random_branches_are_a_thousand_outcomes()
    {
        var rules = new System.Text.StringBuilder("*nat\n");
        for (var i = 0; i < 1000; i++)
        {
            rules.Append("-A PREROUTING -p tcp -m statistic --mode random --probability 0.1 -j DNAT --to-destination 10.1.")
                .Append(i / 250).Append('.').Append(i % 250).Append(":80\n");
        }

        var result = IptablesTracer.Of(rules.ToString()).Trace(TracedPacket.Of(Protocol.Tcp, "10.0.0.2", "172.30.0.1:80"));
        Assert.Equal(1001, result.Outcomes.Length); // and the one that no chance took
    }

    [Theory]
    [InlineData("-A PREROUTING -m quota --quota 7 -j ACCEPT")]
    [InlineData("-A PREROUTING -j TPROXY --on-port 7")]
    [InlineData("-A PREROUTING -m comment --comment \"no end")]
    [InlineData("-D PREROUTING -j ACCEPT")]
    public void A_rule_it_does_not_understand_is_an_error_and_not_passed_over(string rule) =>
        Assert.Contains(
            rule,
            Assert.Throws<FormatException>(() => IptablesTracer.Of("*nat\n" + rule).Trace(Protocol.Tcp, "10.0.0.2", "10.0.0.3:80")).Message,
            StringComparison.Ordinal);

    [Fact]
    public void A_jump_to_a_chain_that_is_not_there_is_an_error() =>
        Assert.Throws<FormatException>(() =>
            IptablesTracer.Of("*nat\n-A PREROUTING -j KUBE-NOWHERE").Trace(Protocol.Tcp, "10.0.0.2", "10.0.0.3:80"));

    [Fact]
    public void Chains_that_loop_are_an_error() =>
        Assert.Throws<FormatException>(() =>
            IptablesTracer.Of("*nat\n-A PREROUTING -j A\n-A A -j B\n-A B -j A").Trace(Protocol.Tcp, "10.0.0.2", "10.0.0.3:80"));
}
