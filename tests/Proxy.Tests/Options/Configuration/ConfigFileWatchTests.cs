using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Shunt.Proxy.Options.Configuration;
using Shunt.Proxy.Sync;
using Shunt.Testing.Logging;

namespace Shunt.Proxy.Tests.Options.Configuration;

public sealed class ConfigFileWatchTests : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly string _directory = Directory.CreateTempSubdirectory("shunt-watch-").FullName;
    private readonly RecordingLogger _logger = new();
    private readonly CancellationTokenSource _stop = new();

    private string File => Path.Combine(_directory, "config.conf");

    public void Dispose()
    {
        _stop.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task A_file_written_in_place_ends_the_agent()
    {
        Write(File, "oomScoreAdj: 1");
        var watch = Start();
        Write(File, "oomScoreAdj: 2");

        await EndsAsync(watch);
    }

    [Fact]
    public async Task A_file_renamed_over_ends_the_agent()
    {
        Write(File, "oomScoreAdj: 1");
        var watch = Start();
        Write(File + ".new", "oomScoreAdj: 2");
        System.IO.File.Move(File + ".new", File, overwrite: true);

        await EndsAsync(watch);
    }

    [Fact]
    public async Task The_exchange_of_a_ConfigMaps_link_ends_the_agent()
    {
        var (old, @new) = (Directory.CreateDirectory(Path.Combine(_directory, "..1")), Directory.CreateDirectory(Path.Combine(_directory, "..2")));
        Write(Path.Combine(old.FullName, "config.conf"), "oomScoreAdj: 1");
        Write(Path.Combine(@new.FullName, "config.conf"), "oomScoreAdj: 2");
        var data = Path.Combine(_directory, "..data");
        System.IO.File.CreateSymbolicLink(data, "..1");
        System.IO.File.CreateSymbolicLink(File, "..data/config.conf");
        var watch = Start();

        // As the kubelet does it: a new link, renamed over the old one.
        System.IO.File.CreateSymbolicLink(data + "_tmp", "..2");
        Assert.Equal(0, await RenameAsync(data + "_tmp", data));
        old.Delete(recursive: true);

        await EndsAsync(watch);
    }

    [Fact]
    public async Task A_change_before_the_watch_began_is_noticed()
    {
        Write(File, "oomScoreAdj: 1");
        var file = Read();
        Write(File, "oomScoreAdj: 2");

        await EndsAsync(Start(file));
    }

    [Fact]
    public async Task A_change_that_nothing_reported_is_noticed_when_it_is_time_to_look()
    {
        // A link into another directory, which is not watched.
        var elsewhere = Directory.CreateTempSubdirectory("shunt-watch-").FullName;
        try
        {
            Write(Path.Combine(elsewhere, "real"), "oomScoreAdj: 1");
            System.IO.File.CreateSymbolicLink(File, Path.Combine(elsewhere, "real"));
            var time = new FakeTimeProvider();
            var watch = Start(Read(), time);
            Write(Path.Combine(elsewhere, "real"), "oomScoreAdj: 2");

            await UntilAsync(() => watch.IsCompleted, () => time.Advance(TimeSpan.FromSeconds(31)));
            await EndsAsync(watch);
        }
        finally
        {
            Directory.Delete(elsewhere, recursive: true);
        }
    }

    [Fact]
    public async Task Content_that_cannot_be_used_is_an_error_line_and_the_agent_goes_on()
    {
        Write(File, "oomScoreAdj: 1");
        var watch = Start();
        Write(File, "oomScoreAdj: 5000");
        await UntilAsync(() => _logger.Count("cannot be used") > 0);

        Assert.Contains(_logger.Lines, static line => line.Level == LogLevel.Error && line.Text.Contains("OOMScoreAdj: Invalid value: 5000", StringComparison.Ordinal));
        Assert.False(watch.IsCompleted);
        Write(File, "oomScoreAdj: 2");
        await EndsAsync(watch);
    }

    [Fact]
    public async Task Content_that_comes_to_the_same_and_a_file_that_is_gone_for_a_while_do_not_end_the_agent()
    {
        Write(File, "oomScoreAdj: 1");
        var watch = Start();
        Write(File, "# a comment\noomScoreAdj: 1\nmode: iptables");
        await UntilAsync(() => _logger.Count("comes to the same configuration") > 0);
        System.IO.File.Delete(File);
        await UntilAsync(() => _logger.Count("cannot be read now") > 0);

        Assert.False(watch.IsCompleted);
        await _stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => watch.WaitAsync(Deadline, TestContext.Current.CancellationToken));
    }

    private static ConfigurationResult Resolve(ReadOnlyMemory<byte> content)
    {
        var decoded = ConfigurationDecoder.Decode(content.Span);
        if (decoded.Value is null) return ConfigurationResult.Failed(decoded.Error);
        var effective = EffectiveConfiguration.Of(ConfigurationDefaults.Apply(decoded.Value));
        return new ConfigurationResult(effective, [.. ConfigurationValidator.Validate(effective).Select(static error => error.ToString())], []);
    }

    private static async Task<int> RenameAsync(string from, string to)
    {
        using var process = System.Diagnostics.Process.Start("mv", ["-T", from, to]);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return process.ExitCode;
    }

    private static void Write(string path, string fields) => System.IO.File.WriteAllText(path, Decoding.Header + fields + "\n", Encoding.UTF8);

    private ConfigurationFile Read() => new(File, ConfigurationFile.ReadContent(File, out _), Resolve);

    private Task Start(ConfigurationFile? file = null, TimeProvider? time = null)
    {
        file ??= Read();
        var watch = new ConfigFileWatch(file, file.Resolve(file.Content).Effective, time ?? TimeProvider.System, _logger) { RecheckInterval = TimeSpan.FromSeconds(30) };
        return watch.RunAsync(_stop.Token);
    }

    private static async Task EndsAsync(Task watch)
    {
        var end = await Assert.ThrowsAsync<AgentStoppedException>(() => watch.WaitAsync(Deadline, TestContext.Current.CancellationToken));
        Assert.Equal("content of the proxy server's configuration file was updated", end.Message);
    }

    private static async Task UntilAsync(Func<bool> condition, Action? meanwhile = null)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        while (!condition())
        {
            meanwhile?.Invoke();
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, deadline.Token);
        }
    }
}
