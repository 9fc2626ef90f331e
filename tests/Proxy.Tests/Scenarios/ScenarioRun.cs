using Microsoft.Extensions.Logging.Abstractions;
using Shunt.Backends;
using Shunt.Backends.Iptables;
using Shunt.Model;
using Shunt.Proxy.Sources;
using Shunt.Proxy.State;
using Shunt.Testing.Iptables;
using Shunt.Testing.Tracing;

namespace Shunt.Proxy.Tests.Scenarios;

/// <summary>An agent, put together from the parts of the real one, with files before it and a kernel in memory behind it.</summary>
internal sealed class ScenarioRun : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("shunt-scenario").FullName;
    private readonly FakeIptables _kernel = new();
    private readonly List<string> _complaints = [];
    private ScenarioSettings _settings;
    private ClusterState _cluster = null!; // set by Restart, from the constructor
    private SnapshotBuilder _builder = null!; // as above
    private Dataplane<IptablesProgram, IptablesDelta> _dataplane = null!; // as above

    public ScenarioRun(ScenarioSettings settings)
    {
        _settings = settings;
        Restart(settings);
    }

    /// <summary>What was not as it must be.</summary>
    public IReadOnlyList<string> Complaints => _complaints;

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(_directory, recursive: true);

    public async Task DoAsync(ScenarioStep step, CancellationToken ct)
    {
        foreach (var (name, text) in step.Files)
        {
            var path = Path.Combine(_directory, name);
            if (text is null) File.Delete(path);
            else await File.WriteAllTextAsync(path, text, ct);
        }

        if (step.Restart is { } settings) Restart(settings);
        await LoadAsync(ct);
        _kernel.Inputs.Clear();
        if (step.Fails)
        {
            _kernel.FailAfter = 0;
            await Assert.ThrowsAsync<KernelException>(() => SyncAsync(ct));
            return;
        }

        var desired = await SyncAsync(ct);
        await CheckConsistencyAsync(step, desired, ct);
        CheckRules(step);
        CheckPackets(step, desired);
    }

    private void Restart(ScenarioSettings settings)
    {
        _settings = settings;
        _cluster = new ClusterState(settings.Node.Name, NullLogger.Instance);
        _builder = new SnapshotBuilder(settings.Family, _cluster);
        _dataplane = IptablesFixture.Dataplane(_kernel, settings.Options);
    }

    private async Task LoadAsync(CancellationToken ct)
    {
        var options = new FileSourceOptions { Path = _directory, NodeName = _settings.Node.Name };
        foreach (var listed in await new FileSource(options, TimeProvider.System, NullLogger<FileSource>.Instance).LoadAsync(ct)) _cluster.Apply(listed);
    }

    private async Task<DesiredState> SyncAsync(CancellationToken ct)
    {
        var desired = _builder.Build(_settings.Node, _settings.NodePorts);
        var result = await (await _dataplane.PlanAsync(desired, ct)).ApplyAsync(ct);
        _builder.Commit(desired, []);
        Assert.Empty(result.Refused);
        return desired;
    }

    /// <summary>However it got there, the kernel holds what a fresh start would have put there, and a restart would find nothing to do.</summary>
    private async Task CheckConsistencyAsync(ScenarioStep step, DesiredState desired, CancellationToken ct)
    {
        if (!(await _dataplane.VerifyAsync(desired, ct)).IsEmpty) Complain(step, "the kernel is not as desired");
        var fresh = new FakeIptables();
        fresh.Restore(IptablesFixture.Text(new IptablesCompiler(_settings.Options).Compile(desired)));
        if (IptablesFixture.Canonical(fresh.Save()) != IptablesFixture.Canonical(_kernel.Save())) Complain(step, "a fresh start gives other rules");

        // To verify is to read; what was read is forgotten, and the next change is compared with what was remembered.
        if (step.Sent is { } sent && Trimmed(string.Concat(_kernel.Inputs)) != Trimmed(sent)) Complain(step, $"sent\n{string.Concat(_kernel.Inputs)}");
    }

    private void CheckRules(ScenarioStep step)
    {
        var save = _kernel.Save();
        var lines = save.Split('\n').ToHashSet();
        foreach (var rule in step.Rules.Where(rule => !lines.Contains(rule))) Complain(step, $"no rule\n  {rule}");
        foreach (var text in step.NoRules)
        {
            foreach (var line in lines.Where(line => line.Contains(text, StringComparison.Ordinal))) Complain(step, $"there should be no\n  {line}");
        }

        if (step.AllRules is { } all && Trimmed(all) != Trimmed(save)) Complain(step, $"the rules are\n{save}");
    }

    private void CheckPackets(ScenarioStep step, DesiredState desired)
    {
        var rules = _settings.Rules;
        var tracer = new IptablesTracer(IptablesRuleset.Parse(_kernel.Save()), rules.LocalAddresses);
        foreach (var packet in step.Packets)
        {
            var expected = packet.Expected == "unhandled" ? "" : packet.Expected;
            var traced = tracer.Trace(packet.Traced).ToString();
            if (traced != expected) Complain(step, $"{packet.Name}: \"{expected}\" expected, the rules say \"{traced}\"");
            var told = ReferenceBalancer.Verdict(desired, rules, packet.Packet(rules)).ToTraceResult().ToString();
            if (told != expected) Complain(step, $"{packet.Name}: \"{expected}\" expected, the reference balancer says \"{told}\"");
        }
    }

    private void Complain(ScenarioStep step, string what) => _complaints.Add($"step \"{step.Name}\": {what}");

    private static string Trimmed(string text) => text.Trim();
}
