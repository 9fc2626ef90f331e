using Shunt.Proxy.Demo;
using Shunt.Testing;

namespace Shunt.Kernel.Tests.Demo;

[Trait("needs", "root")]
public sealed class DemoCommandTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>The demo fails by itself when a packet goes where it should not.</summary>
    [Fact]
    public async Task The_demo_plays_to_its_end_and_leaves_nothing_behind()
    {
        Root.SkipUnlessAvailable("iptables", "ip6tables");
        var output = new StringWriter();

        var exitCode = await DemoCommand.RunAsync(output, Ct);

        Assert.True(exitCode == 0, output.ToString());
        Assert.Contains("KUBE-SERVICES", output.ToString(), StringComparison.Ordinal);
        Assert.Empty(Leftovers());
    }

    [Fact]
    public async Task An_interrupted_demo_leaves_nothing_behind()
    {
        Root.SkipUnlessAvailable("iptables", "ip6tables");
        using var interrupt = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var output = new InterruptingWriter("1. The agent starts", interrupt);

        Assert.Equal(1, await DemoCommand.RunAsync(output, interrupt.Token));

        Assert.Contains("Interrupted", output.ToString(), StringComparison.Ordinal);
        Assert.Empty(Leftovers());
    }

    private static IEnumerable<string> Leftovers() =>
        Directory.EnumerateFiles("/run/netns", $"shunt-demo-{Environment.ProcessId}-*");

    /// <summary>Cancels when the demo has come to a certain line.</summary>
    private sealed class InterruptingWriter(string at, CancellationTokenSource interrupt) : StringWriter
    {
        public override void WriteLine(string? value)
        {
            base.WriteLine(value);
            if (value?.Contains(at, StringComparison.Ordinal) == true) interrupt.Cancel();
        }
    }
}
