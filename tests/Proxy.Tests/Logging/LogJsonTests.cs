using System.Text.Json;
using Microsoft.Extensions.Logging;
using Shunt.Model;
using Shunt.Proxy.Logging;
using Shunt.Proxy.State;

namespace Shunt.Proxy.Tests.Logging;

public sealed class LogJsonTests
{
    private const string Start = "{\"ts\":1795334772123.456,\"caller\":\"SyncLoop\",\"msg\":";

    [Fact]
    public void A_line_has_time_caller_message_detail_and_values_in_this_order() =>
        Assert.Equal(
            Start + "\"Using iptables Proxier\",\"v\":0,\"ipFamily\":\"IPv4\",\"count\":3,\"fullSync\":true,\"elapsed\":\"1.5s\"}\n",
            LogJson.Line(LogLines.Of("Using iptables Proxier",
                ("ipFamily", IpFamily.IPv4), ("count", 3), ("fullSync", true), ("elapsed", TimeSpan.FromSeconds(1.5)))));

    [Theory]
    [InlineData(LogLevel.Trace, 4)]
    [InlineData(LogLevel.Debug, 2)]
    [InlineData(LogLevel.Information, 0)]
    [InlineData(LogLevel.Warning, 0)]
    public void The_verbosity_that_brings_the_line_is_in_it(LogLevel level, int verbosity) =>
        Assert.Equal($"{Start}\"Done\",\"v\":{verbosity}}}\n", LogJson.Line(LogLines.Of("Done") with { Level = level }));

    [Fact]
    public void An_error_has_no_verbosity_and_its_cause_last() =>
        Assert.Equal(
            Start + "\"Sync failed\",\"ipFamily\":\"IPv4\",\"err\":\"disk\\nfull: no\"}\n",
            LogJson.Line(LogLines.Of("Sync failed", ("ipFamily", IpFamily.IPv4)) with
            {
                Level = LogLevel.Error,
                Exception = new IOException("disk\nfull", new IOException("no")),
            }));

    [Fact]
    public void An_error_may_be_just_a_text() =>
        Assert.Equal(
            Start + "\"Odd\",\"v\":0,\"name\":\"x\",\"err\":\"no\"}\n",
            LogJson.Line(LogLines.Of("Odd", ("err", "no"), ("name", "x"))));

    [Fact]
    public void Lists_and_objects_are_JSON_too() =>
        Assert.Equal(
            Start + "\"Done\",\"v\":0,\"list\":[\"a\",1],\"service\":{\"name\":\"web\",\"namespace\":\"ns\"},\"node\":{\"name\":\"n\"},\"none\":null}\n",
            LogJson.Line(LogLines.Of("Done",
                ("list", new object[] { "a", 1 }), ("service", new ObjectKey("ns", "web")), ("node", new ObjectKey("", "n")), ("none", null))));

    [Fact]
    public void Any_text_stays_one_line_and_reads_back()
    {
        const string text = "\"quoted\" \\ \n\r\t\u0000\u001B[2J <&> Größe \U0001F600 \uD800";

        var line = LogJson.Line(LogLines.Of("Done", ("key", text)));

        Assert.Equal(line.Length - 1, line.IndexOf('\n', StringComparison.Ordinal));
        using var json = JsonDocument.Parse(line);
        Assert.Equal(text.Replace('\uD800', '\uFFFD'), json.RootElement.GetProperty("key").GetString());
        Assert.Contains("<&> Größe", line, StringComparison.Ordinal);
    }
}
