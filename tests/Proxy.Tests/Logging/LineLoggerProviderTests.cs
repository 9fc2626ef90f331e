using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Shunt.Proxy.Logging;
using Shunt.Proxy.Options;

namespace Shunt.Proxy.Tests.Logging;

public sealed partial class LineLoggerProviderTests : IDisposable
{
    private readonly StringWriter _info = new();
    private readonly StringWriter _error = new();

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 22, 8, 6, 12, TimeSpan.Zero) + TimeSpan.FromTicks(1234560));

    public void Dispose()
    {
        _info.Dispose();
        _error.Dispose();
    }

    [Fact]
    public void A_text_line_has_the_loggers_last_name_and_the_process()
    {
        using var factory = Factory(new LogLevelSwitch(0, []));

        Sample(factory.CreateLogger("Shunt.Proxy.Sync.SyncLoop"), "ns/web", 3);

        Assert.Equal($"I1122 08:06:12.123456 {Environment.ProcessId,7} SyncLoop] \"Sample\" service=\"ns/web\" count=3\n", _info.ToString());
    }

    [Fact]
    public void A_JSON_line_is_one_too()
    {
        using var factory = Factory(new LogLevelSwitch(0, []), LoggingFormat.Json);

        Sample(factory.CreateLogger("Shunt.Proxy.Sync.SyncLoop"), "ns/web", 3);

        Assert.Equal("{\"ts\":1795334772123.456,\"caller\":\"SyncLoop\",\"msg\":\"Sample\",\"v\":0,\"service\":\"ns/web\",\"count\":3}\n", _info.ToString());
    }

    [Theory]
    [InlineData(false, "I", "WE")]
    [InlineData(true, "IW", "E")]
    public void Split_streams_part_errors_from_the_rest(bool json, string info, string error)
    {
        using var factory = Factory(new LogLevelSwitch(0, []), json ? LoggingFormat.Json : LoggingFormat.Text);
        var logger = factory.CreateLogger("X");

        Sample(logger, "I", 1);
        Odd(logger, "W");
        Broken(logger, "E");

        Assert.Equal(info, Said(_info));
        Assert.Equal(error, Said(_error));
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
        using var factory = Factory(new LogLevelSwitch(verbosity, []));
        var logger = factory.CreateLogger("X");

        Assert.True(logger.IsEnabled(least));
        Assert.False(least > LogLevel.Trace && logger.IsEnabled(least - 1));
        Assert.False(logger.IsEnabled(LogLevel.None));
    }

    [Fact]
    public void Verbosity_can_change_while_loggers_are_in_use()
    {
        var level = new LogLevelSwitch(0, []);
        using var factory = Factory(level);
        var logger = factory.CreateLogger("X");

        Detail(logger, "a");
        level.Verbosity = 2;
        Detail(logger, "b");
        level.Verbosity = 0;
        Detail(logger, "c");

        Assert.Equal("b", Said(_info));
    }

    [Fact]
    public void Vmodule_gives_more_from_the_loggers_it_names_and_never_less()
    {
        using var factory = Factory(new LogLevelSwitch(2, [new VmodulePattern("sync*", 4), new VmodulePattern("*", 0)]));

        Assert.True(factory.CreateLogger("Shunt.Proxy.Sync.SyncLoop").IsEnabled(LogLevel.Trace));
        Assert.False(factory.CreateLogger("Shunt.Proxy.Kubernetes.KubernetesSource").IsEnabled(LogLevel.Trace));
        Assert.True(factory.CreateLogger("Shunt.Proxy.Kubernetes.KubernetesSource").IsEnabled(LogLevel.Debug));
    }

    [Fact]
    public void Libraries_do_not_fill_a_detailed_log_with_connections()
    {
        var level = new LogLevelSwitch(4, []);
        using var factory = Factory(level);
        var logger = factory.CreateLogger("Microsoft.AspNetCore.Server.Kestrel.Connections");

        Assert.True(logger.IsEnabled(LogLevel.Information));
        Assert.False(logger.IsEnabled(LogLevel.Debug));
        level.Verbosity = 6;
        Assert.True(logger.IsEnabled(LogLevel.Debug));
    }

    [Fact]
    public async Task Lines_of_several_threads_do_not_mix()
    {
        using var factory = Factory(new LogLevelSwitch(0, []));

        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() =>
        {
            var logger = factory.CreateLogger($"C{i}");
            for (var n = 0; n < 200; n++) Sample(logger, new string('x', 50), n);
        }, TestContext.Current.CancellationToken)));

        var lines = _info.ToString().TrimEnd('\n').Split('\n');
        Assert.Equal(1600, lines.Length);
        Assert.All(lines, static line => Assert.Matches(WholeLine(), line));
    }

    private ILoggerFactory Factory(LogLevelSwitch level, LoggingFormat format = LoggingFormat.Text) =>
        LineLoggerProvider.CreateFactory(format, level, new LogStreams(_info, _error), _time);

    /// <summary>The values of all lines, run together.</summary>
    private static string Said(StringWriter output) =>
        string.Concat(output.ToString().Split('\n').Select(static line => Value().Match(line).Groups[1].Value));

    [GeneratedRegex(@"^I1122 08:06:12\.123456 +\d+ C\d\] ""Sample"" service=""x{50}"" count=\d+$")]
    private static partial Regex WholeLine();

    [GeneratedRegex(@"service""?[=:]""(\w+)")]
    private static partial Regex Value();

    [LoggerMessage(1, LogLevel.Information, "Sample")]
    private static partial void Sample(ILogger logger, string service, int count);

    [LoggerMessage(2, LogLevel.Error, "Broken")]
    private static partial void Broken(ILogger logger, string service);

    [LoggerMessage(3, LogLevel.Warning, "Odd")]
    private static partial void Odd(ILogger logger, string service);

    [LoggerMessage(4, LogLevel.Debug, "Detail")]
    private static partial void Detail(ILogger logger, string service);
}
