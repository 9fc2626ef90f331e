using Shunt.Backends;
using Shunt.Backends.Iptables;
using Shunt.Model;
using Shunt.Testing.Iptables;
using Shunt.Testing.Tracing;

namespace Shunt.Proxy.Tests.Scenarios;

/// <summary>iptables mode: the keys are about what iptables-restore was given and iptables-save prints.</summary>
internal sealed class IptablesScenarioKernel : IScenarioKernel
{
    private readonly FakeIptables _kernel = new();

    public IDataplane Start(ScenarioSettings settings) => IptablesFixture.Dataplane(_kernel, settings.Iptables);

    public void Begin(bool fails)
    {
        _kernel.Inputs.Clear();
        if (fails) _kernel.FailAfter = 0;
    }

    public Task<IReadOnlyList<string>> CompareWithFreshAsync(DesiredState desired, ScenarioSettings settings, CancellationToken ct)
    {
        var fresh = new FakeIptables();
        fresh.Restore(IptablesFixture.Text(new IptablesCompiler(settings.Iptables).Compile(desired)));
        var isSame = IptablesFixture.Canonical(fresh.Save()) == IptablesFixture.Canonical(_kernel.Save());
        return Task.FromResult<IReadOnlyList<string>>(isSame ? [] : ["a fresh start gives other rules"]);
    }

    public IEnumerable<string> Check(ScenarioStep step, IReadOnlyList<ServiceChange> changes)
    {
        var sent = string.Concat(_kernel.Inputs);
        if (step.Sent is { } text && sent.Trim() != text.Trim()) yield return $"sent\n{sent}";
        var save = _kernel.Save();
        var lines = save.Split('\n').ToHashSet();
        foreach (var rule in step.Rules.Where(rule => !lines.Contains(rule))) yield return $"no rule\n  {rule}";
        foreach (var absent in step.NoRules)
        {
            foreach (var line in lines.Where(line => line.Contains(absent, StringComparison.Ordinal))) yield return $"there should be no\n  {line}";
        }

        if (step.AllRules is { } all && all.Trim() != save.Trim()) yield return $"the rules are\n{save}";
    }

    public Func<TracedPacket, TraceResult> Tracer(TrafficRules rules) => new IptablesTracer(IptablesRuleset.Parse(_kernel.Save()), rules.LocalAddresses).Trace;
}
