using Microsoft.Extensions.Logging;
using Shunt.Backends;
using Shunt.Model;
using Shunt.Proxy.Logging;
using Shunt.Proxy.State;

namespace Shunt.Proxy.Tests.Logging;

public sealed class LogTextTests
{
    private const string Header = "1122 08:06:12.123456   12345 SyncLoop] ";

    [Theory]
    [InlineData(LogLevel.Trace, 'I')]
    [InlineData(LogLevel.Debug, 'I')]
    [InlineData(LogLevel.Information, 'I')]
    [InlineData(LogLevel.Warning, 'W')]
    [InlineData(LogLevel.Error, 'E')]
    [InlineData(LogLevel.Critical, 'E')]
    public void The_first_letter_is_the_severity(LogLevel level, char letter) =>
        Assert.Equal($"{letter}{Header}\"Done\"\n", Line(LogLines.Of("Done") with { Level = level }));

    [Fact]
    public void The_error_comes_first_and_then_the_values_in_order() =>
        Assert.Equal(
            $"E{Header}\"Sync failed\" err=\"restore failed: disk full\" ipFamily=\"IPv4\" retryingTime=\"30s\"\n",
            Line(LogLines.Of("Sync failed", ("ipFamily", IpFamily.IPv4), ("retryingTime", TimeSpan.FromSeconds(30))) with
            {
                Level = LogLevel.Error,
                Exception = new KernelException("restore failed", new IOException("disk full")),
            }));

    [Fact]
    public void An_error_may_be_just_a_text() =>
        Assert.Equal($"I{Header}\"Odd\" err=\"it says \\\"no\\\"\" count=1\n", Line(LogLines.Of("Odd", ("count", 1), ("err", "it says \"no\""))));

    [Fact]
    public void The_stack_is_there_only_for_a_bug_and_stays_on_the_line()
    {
        var bug = Line(LogLines.Of("Odd") with { Exception = Thrown(new InvalidOperationException("a bug")) });
        var fault = Line(LogLines.Of("Odd") with { Exception = Thrown(new IOException("a fault")) });

        Assert.Contains("err=\"System.InvalidOperationException: a bug\\n   at Shunt.", bug, StringComparison.Ordinal);
        Assert.Equal(bug.Length - 1, bug.IndexOf('\n', StringComparison.Ordinal));
        Assert.Equal($"I{Header}\"Odd\" err=\"a fault\"\n", fault);
    }

    [Theory]
    [InlineData(null, "null")]
    [InlineData(true, "true")]
    [InlineData(false, "false")]
    [InlineData(-3, "-3")]
    [InlineData((ushort)80, "80")]
    [InlineData(1.5, "1.5")]
    [InlineData("", "\"\"")]
    [InlineData("x=\"y\"", "\"x=\\\"y\\\"\"")]
    [InlineData("two\nlines", "\"two\\nlines\"")]
    [InlineData(Protocol.Udp, "\"Udp\"")]
    [InlineData(new[] { "a", "b\"" }, "[\"a\",\"b\\\"\"]")]
    [InlineData(new[] { 1, 2 }, "[1,2]")]
    [InlineData(new string[0], "[]")]
    public void Values_look_as_klogs_do(object? value, string text) =>
        Assert.Equal($"I{Header}\"Done\" key={text}\n", Line(LogLines.Of("Done", ("key", value))));

    [Fact]
    public void Objects_are_named_by_namespace_and_name() =>
        Assert.Equal(
            $"I{Header}\"Done\" service=\"ns/web\" nodes=[{{\"name\":\"n1\"}}]\n",
            Line(LogLines.Of("Done", ("service", new ObjectKey("ns", "web")), ("nodes", new[] { new ObjectKey("", "n1") }))));

    [Fact]
    public void An_underscore_in_a_name_is_a_space() =>
        Assert.Equal(
            $"I{Header}\"kube-proxy running in dual-stack mode\" primary ipFamily=\"IPv6\"\n",
            Line(LogLines.Of("kube-proxy running in dual-stack mode", ("primary_ipFamily", IpFamily.IPv6))));

    [Fact]
    public void What_the_message_says_is_not_repeated() =>
        Assert.Equal(
            $"I{Header}\"Using iptables Proxier\" mod=\"x\"\n",
            Line(LogLines.Of("Using iptables Proxier", "Using {Mode} Proxier", ("Mode", "iptables"), ("mod", "x"))));

    [Fact]
    public void A_message_that_was_put_together_elsewhere_is_not_quoted() =>
        Assert.Equal($"I{Header}FLAG: --v=\"2\"\n", Line(LogLines.Of("FLAG: --v=\"2\"", "{Line}", ("Line", "FLAG: --v=\"2\""))));

    [Fact]
    public void Nothing_can_forge_a_line_or_reach_the_terminal()
    {
        var line = Line(LogLines.Of("a\nI1122 forged", "{Line}", ("Line", "a"), ("key", "b\nI1122 forged\u001B[2J")));

        Assert.Equal(line.Length - 1, line.IndexOf('\n', StringComparison.Ordinal));
        Assert.DoesNotContain('\u001B', line);
    }

    private static string Line(in LogLine line) => LogText.Line(line, 12345);

    private static Exception Thrown(Exception exception)
    {
        try
        {
            throw exception;
        }
        catch (Exception e) when (e == exception)
        {
            return e;
        }
    }
}
