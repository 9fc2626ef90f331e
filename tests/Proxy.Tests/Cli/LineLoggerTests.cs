using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Shunt.Backends;
using Shunt.Proxy.Cli;
using Shunt.Proxy.Options;

namespace Shunt.Proxy.Tests.Cli;

public sealed partial class LineLoggerTests : IDisposable
{
    private readonly StringWriter _output = new();

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 22, 8, 6, 12, TimeSpan.Zero) + TimeSpan.FromTicks(1234560));

    public void Dispose() => _output.Dispose();

    [Fact]
    public void A_text_line_looks_like_those_of_Kubernetes_components()
    {
        using var factory = Factory(new ShuntOptions());

        Sample(factory.CreateLogger("Shunt.Proxy.Sync.SyncLoop"), "ns/web", 3);

        Assert.Equal($"I1122 08:06:12.123456 {Environment.ProcessId,7} SyncLoop] Sample of ns/web took 3\n", _output.ToString());
    }

    [Fact]
    public void Errors_and_warnings_have_their_letter_and_the_cause()
    {
        using var factory = Factory(new ShuntOptions());
        var logger = factory.CreateLogger("X");

        Broken(logger, new KernelException("restore failed", new IOException("disk\nfull")));
        Odd(logger);

        var lines = _output.ToString().Split('\n');
        Assert.Matches("^E1122 .* X\\] It broke err=\"restore failed: disk\\\\nfull\"$", lines[0]);
        Assert.StartsWith("W1122 ", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_logged_stays_one_line()
    {
        using var factory = Factory(new ShuntOptions());

        Sample(factory.CreateLogger("X"), "a\nI0101 forged\u001B[2J", 1);

        Assert.Single(_output.ToString().TrimEnd('\n').Split('\n'));
        Assert.DoesNotContain('\u001B', _output.ToString());
    }

    [Fact]
    public void A_JSON_line_has_time_level_message_and_fields()
    {
        using var factory = Factory(new ShuntOptions { LoggingFormat = LoggingFormat.Json });

        Sample(factory.CreateLogger("Shunt.X"), "ns/web", 3);

        using var json = JsonDocument.Parse(Assert.Single(_output.ToString().TrimEnd('\n').Split('\n')));
        var root = json.RootElement;
        Assert.Equal(1795334772123.456m, root.GetProperty("ts").GetDecimal());
        Assert.Equal("info", root.GetProperty("level").GetString());
        Assert.Equal("Sample of ns/web took 3", root.GetProperty("msg").GetString());
        Assert.Equal("ns/web", root.GetProperty("service").GetString());
        Assert.Equal(3, root.GetProperty("count").GetInt32());
    }

    [Theory]
    [InlineData(0, LogLevel.Information)]
    [InlineData(1, LogLevel.Information)]
    [InlineData(2, LogLevel.Debug)]
    [InlineData(3, LogLevel.Debug)]
    [InlineData(4, LogLevel.Trace)]
    [InlineData(9, LogLevel.Trace)]
    public void Verbosity_decides_the_level(int verbosity, LogLevel least)
    {
        using var factory = Factory(new ShuntOptions { Verbosity = verbosity });
        var logger = factory.CreateLogger("X");

        Assert.True(logger.IsEnabled(least));
        Assert.False(least > LogLevel.Trace && logger.IsEnabled(least - 1));
    }

    [Fact]
    public async Task Lines_of_several_threads_do_not_mix()
    {
        using var factory = Factory(new ShuntOptions());

        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() =>
        {
            var logger = factory.CreateLogger($"C{i}");
            for (var n = 0; n < 200; n++) Sample(logger, new string('x', 50), n);
        }, TestContext.Current.CancellationToken)));

        var lines = _output.ToString().TrimEnd('\n').Split('\n');
        Assert.Equal(1600, lines.Length);
        Assert.All(lines, static line => Assert.Matches(WholeLine(), line));
    }

    private ILoggerFactory Factory(ShuntOptions options) => LineLoggerProvider.CreateFactory(options, _output, _time);

    [GeneratedRegex(@"^I1122 08:06:12\.123456 +\d+ C\d\] Sample of x{50} took \d+$")]
    private static partial Regex WholeLine();

    [LoggerMessage(1, LogLevel.Information, "Sample of {Service} took {Count}")]
    private static partial void Sample(ILogger logger, string service, int count);

    [LoggerMessage(2, LogLevel.Error, "It broke")]
    private static partial void Broken(ILogger logger, Exception exception);

    [LoggerMessage(3, LogLevel.Warning, "It is odd")]
    private static partial void Odd(ILogger logger);
}
