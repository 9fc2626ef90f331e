using Microsoft.Extensions.Logging.Abstractions;
using Shunt.Backends;
using Shunt.Model;
using Shunt.Proxy.Options;
using Shunt.Proxy.Sources;
using Shunt.Proxy.State;
using Shunt.Testing.Tracing;

namespace Shunt.Proxy.Tests.Scenarios;

/// <summary>An agent, put together from the parts of the real one, with files before it and a kernel in memory behind it.</summary>
internal sealed class ScenarioRun : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("shunt-scenario").FullName;
    private readonly IScenarioKernel _kernel;
    private readonly List<string> _complaints = [];
    private ScenarioSettings _settings;
    private ClusterState _cluster = null!; // set by Restart, from the constructor
    private SnapshotBuilder _builder = null!; // as above
    private IDataplane _dataplane = null!; // as above

    public ScenarioRun(ScenarioSettings settings)
    {
        _settings = settings;
        _kernel = settings.Mode == ProxyMode.Nftables ? new NftablesScenarioKernel(settings.Family) : new IptablesScenarioKernel();
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
        _kernel.Begin(step.Fails);
        if (step.Fails)
        {
            await Assert.ThrowsAsync<KernelException>(() => SyncAsync(ct));
            return;
        }

        var (desired, changes) = await SyncAsync(ct);
        await CheckConsistencyAsync(step, desired, ct);
        foreach (var complaint in _kernel.Check(step, changes)) Complain(step, complaint);
        CheckPackets(step, desired);
    }

    private void Restart(ScenarioSettings settings)
    {
        _settings = settings;
        _cluster = new ClusterState(settings.Node.Name, NullLogger.Instance);
        _builder = new SnapshotBuilder(settings.Family, _cluster);
        _dataplane = _kernel.Start(settings);
    }

    private async Task LoadAsync(CancellationToken ct)
    {
        var options = new FileSourceOptions { Path = _directory, NodeName = _settings.Node.Name };
        foreach (var listed in await new FileSource(options, TimeProvider.System, NullLogger<FileSource>.Instance).LoadAsync(ct)) _cluster.Apply(listed);
    }

    private async Task<(DesiredState Desired, IReadOnlyList<ServiceChange> Changes)> SyncAsync(CancellationToken ct)
    {
        var desired = _builder.Build(_settings.Node, _settings.NodePorts);
        var plan = await _dataplane.PlanAsync(desired, ct);
        var changes = plan.Changes;
        var result = await plan.ApplyAsync(ct);
        _builder.Commit(desired, []);
        Assert.Empty(result.Refused);
        return (desired, changes);
    }

    /// <summary>However it got there, the kernel holds what a fresh start would have put there, and a restart would find nothing to do.</summary>
    private async Task CheckConsistencyAsync(ScenarioStep step, DesiredState desired, CancellationToken ct)
    {
        if (!(await _dataplane.VerifyAsync(desired, ct)).IsEmpty) Complain(step, "the kernel is not as desired");
        foreach (var difference in await _kernel.CompareWithFreshAsync(desired, _settings, ct)) Complain(step, difference);
    }

    private void CheckPackets(ScenarioStep step, DesiredState desired)
    {
        var rules = _settings.Rules;
        var trace = _kernel.Tracer(rules);
        foreach (var packet in step.Packets)
        {
            var expected = packet.Expected(_settings.Mode);
            var traced = trace(packet.Traced).ToString();
            if (traced != expected) Complain(step, $"{packet.Name}: \"{expected}\" expected, the rules say \"{traced}\"");
            var told = ReferenceBalancer.Verdict(desired, rules, packet.Packet(rules)).ToTraceResult().ToString();
            if (told != expected) Complain(step, $"{packet.Name}: \"{expected}\" expected, the reference balancer says \"{told}\"");
        }
    }

    private void Complain(ScenarioStep step, string what) => _complaints.Add($"step \"{step.Name}\": {what}");
}
