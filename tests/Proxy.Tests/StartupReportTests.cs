using Microsoft.Extensions.Logging;
using Shunt.Proxy.Options;
using Shunt.Testing.Logging;

namespace Shunt.Proxy.Tests;

public sealed class StartupReportTests
{
    private readonly RecordingLogger _logger = new();

    [Fact]
    public void It_says_what_runs_and_on_what()
    {
        StartupReport.Write(_logger, new ShuntOptions());

        Assert.Collection(
            _logger.Lines,
            static line => Assert.Matches("^\"Version info\" version=\"Kubernetes v1\\.36\\.\\d+ \\(shunt [^\"]+\\)\"$", line.Text),
            static line => Assert.Matches("^\"Runtime settings\" runtime=\"\\.NET [^\"]+\" processors=\\d+ serverGC=(true|false) memoryLimit=\\d+$", line.Text));
    }

    [Fact]
    public void A_mode_that_was_not_asked_for_is_said_first()
    {
        StartupReport.Write(_logger, new ShuntOptions { IsModeDefault = true });

        Assert.Equal("\"Using iptables proxy\"", _logger.Lines[0].Text);
    }

    [Fact]
    public void Flags_are_said_one_to_a_line_in_kube_proxys_form()
    {
        StartupReport.Write(_logger, new ShuntOptions { Flags = [new FlagValue("v", "2"), new FlagValue("hostname-override", "a\"b\nc")] });

        Assert.Equal(
            ["FLAG: --v=\"2\"", "FLAG: --hostname-override=\"a\\\"b\\nc\""],
            _logger.Lines.Where(static line => line.Level == LogLevel.Debug).Select(static line => line.Text));
    }
}
