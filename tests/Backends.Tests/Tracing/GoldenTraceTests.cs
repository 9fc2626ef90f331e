using System.Text.Json;
using Shunt.Model;
using Shunt.Testing;
using Shunt.Testing.Tracing;

namespace Shunt.Backends.Tests.Tracing;

/// <summary>
/// The tracer against the kernel: rules that kube-proxy wrote, and what became of real packets on them. When both agree, a trace can
/// stand for a packet in other tests.
/// </summary>
public sealed class GoldenTraceTests
{
    private static readonly string[] NodeV4 = ["198.51.100.2", "192.0.2.2"];
    private static readonly string[] NodeV6 = ["fd00:c0de::2", "2001:db8:2::2"];

    [Fact]
    public void Traces_agree_with_what_became_of_real_packets()
    {
        var v4 = IptablesTracer.Of(File.ReadAllText(Repository.GoldenOrSkip("iptables/full.v4.iptables-save")), NodeV4);
        var v6 = IptablesTracer.Of(File.ReadAllText(Repository.GoldenOrSkip("iptables/full.v6.iptables-save")), NodeV6);
        using var verdicts = JsonDocument.Parse(File.ReadAllBytes(Repository.GoldenOrSkip("verdicts/iptables.json")));

        var differences = new List<string>();
        var compared = 0;
        foreach (var flow in verdicts.RootElement.EnumerateObject())
        {
            var question = GoldenFlow.Parse(flow.Name);
            var tracer = question.Packet.Destination.Family == IpFamily.IPv4 ? v4 : v6;
            var traced = tracer.Trace(question.Packet);
            compared++;
            if (!question.Agrees(traced, flow.Value)) differences.Add($"{flow.Name}: traced \"{traced}\", packets {flow.Value.GetRawText()}");
        }

        Assert.Equal("", string.Join(Environment.NewLine, differences));
        Assert.True(compared > 1000, $"only {compared} flows");
    }
}
