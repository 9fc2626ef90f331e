using Shunt.Proxy.Options;

namespace Shunt.Proxy.Tests.Scenarios;

/// <summary>Every file in tests/Scenarios, in every mode: the rules and the reference balancer must agree with it, and so with each other.</summary>
public sealed class ScenarioTests
{
    public static TheoryData<string> Names =>
        [.. Directory.GetFiles(Scenario.Directory, "*.yaml").Select(Path.GetFileNameWithoutExtension).OfType<string>().Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Names))]
    public Task Iptables_mode_does_what_the_scenario_says(string name) => RunAsync(Scenario.Load(name, ProxyMode.Iptables));

    [Theory]
    [MemberData(nameof(Names))]
    public Task Nftables_mode_does_what_the_scenario_says(string name) => RunAsync(Scenario.Load(name, ProxyMode.Nftables));

    private static async Task RunAsync(Scenario scenario)
    {
        using var run = new ScenarioRun(scenario.Settings);

        foreach (var step in scenario.Steps) await run.DoAsync(step, TestContext.Current.CancellationToken);

        Assert.True(run.Complaints.Count == 0, string.Join(Environment.NewLine, run.Complaints));
        Assert.Contains(scenario.Steps, static step => step.Packets.Length + step.Rules.Length + step.NoRules.Length > 0 || step.AllRules is not null || step.Sent is not null);
    }
}
