using Shunt.Backends;
using Shunt.Model;
using Shunt.Testing.Nftables;
using Shunt.Testing.Tracing;

namespace Shunt.Proxy.Tests.Scenarios;

/// <summary>nftables mode: the keys are about the elements and rules of the table.</summary>
internal sealed class NftablesScenarioKernel(IpFamily family) : IScenarioKernel
{
    private readonly FakeNftables _kernel = new();

    public IDataplane Start(ScenarioSettings settings) => NftablesFixture.Dataplane(_kernel, settings.Nftables);

    public void Begin(bool fails) => _kernel.FailsIn = fails ? 0 : null;

    public async Task<IReadOnlyList<string>> CompareWithFreshAsync(DesiredState desired, ScenarioSettings settings, CancellationToken ct)
    {
        var fresh = new FakeNftables();
        await (await NftablesFixture.Dataplane(fresh, settings.Nftables).PlanAsync(desired, ct)).ApplyAsync(ct);
        return NftablesLaws.Differences(fresh.Meaning(family), _kernel.Meaning(family));
    }

    public IEnumerable<string> Check(ScenarioStep step, IReadOnlyList<ServiceChange> changes)
    {
        if (step.Written is { } written)
        {
            var lines = string.Join('\n', changes.SelectMany(static change => change.Added.Select(static line => "+ " + line).Concat(change.Removed.Select(static line => "- " + line))));
            if (lines != written.Trim()) yield return $"written\n{lines}";
        }

        var ruleset = _kernel.Ruleset();
        if (step.Elements is { } elements && string.Join('\n', ruleset.ElementLines(family)) is var all && all != elements.Trim()) yield return $"the elements are\n{all}";
        foreach (var rule in step.TableRules.Where(rule => !ruleset.RuleLines.Contains(rule))) yield return $"no rule\n  {rule}";
    }

    public Func<TracedPacket, TraceResult> Tracer(TrafficRules rules) => new NftablesTracer(_kernel.Ruleset(), rules.LocalAddresses).Trace;
}
