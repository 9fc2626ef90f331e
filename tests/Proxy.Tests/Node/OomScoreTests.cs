using Microsoft.Extensions.Logging;
using Shunt.Proxy.Node;
using Shunt.Testing.Logging;

namespace Shunt.Proxy.Tests.Node;

public sealed class OomScoreTests : IDisposable
{
    private readonly DirectoryInfo _proc = Directory.CreateTempSubdirectory("shunt-proc-");
    private readonly RecordingLogger _logger = new();

    private string File => Path.Combine(_proc.CreateSubdirectory("self").FullName, "oom_score_adj");

    [Fact]
    public void The_score_is_written_for_this_process()
    {
        System.IO.File.WriteAllText(File, "0\n");

        Assert.True(OomScore.Apply(-999, _logger, _proc.FullName));

        Assert.Equal("-999", System.IO.File.ReadAllText(File));
        Assert.Empty(_logger.Lines);
    }

    [Fact]
    public void A_score_that_is_right_already_is_not_written()
    {
        System.IO.File.WriteAllText(File, "-999\n");

        Assert.True(OomScore.Apply(-999, _logger, _proc.FullName));

        Assert.Equal("-999\n", System.IO.File.ReadAllText(File)); // the line end is the kernel's
    }

    [Fact]
    public void Where_it_cannot_be_set_that_is_said_and_no_more()
    {
        Assert.False(OomScore.Apply(-999, _logger, _proc.FullName));

        var (level, text) = Assert.Single(_logger.Lines);
        Assert.Equal(LogLevel.Warning, level);
        Assert.Contains("Failed to apply OOMScore", text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_kernels_own_file_is_understood()
    {
        var now = int.Parse(System.IO.File.ReadAllText("/proc/self/oom_score_adj"), System.Globalization.CultureInfo.InvariantCulture);

        Assert.True(OomScore.Apply(now, _logger));
    }

    public void Dispose() => _proc.Delete(recursive: true);
}
