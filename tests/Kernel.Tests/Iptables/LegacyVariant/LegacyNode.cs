using Microsoft.Extensions.Logging;
using Shunt.Backends;
using Shunt.Backends.Iptables;
using Shunt.Backends.Iptables.LegacyVariant;
using Shunt.Model;
using Shunt.Testing;
using Shunt.Testing.Iptables;
using Shunt.Testing.Network;

namespace Shunt.Kernel.Tests.Iptables.LegacyVariant;

/// <summary>A namespace with a kernel and a lock of its own, a dataplane over it, and the tools beside it.</summary>
internal sealed class LegacyNode : IAsyncDisposable
{
    private readonly ScratchNamespace _at;
    private readonly string _program;

    private LegacyNode(ScratchNamespace at, IpFamily family, ILogger? logger, int services)
    {
        _at = at;
        _program = family == IpFamily.IPv4 ? "iptables-legacy" : "ip6tables-legacy";
        Options = IptablesFixture.Options(family) with { CountsWithNfAcct = false };
        Kernel = at.Net.Run(() => new LegacyKernel(family, counts: false, logger, Lock.Path));
        Dataplane = IptablesFixture.Dataplane(Kernel, Options);
        Cluster = new RandomCluster(1, family) { Services = services };
    }

    public LockFile Lock { get; } = new();

    public LegacyKernel Kernel { get; }

    public IptablesOptions Options { get; }

    public Dataplane<IptablesProgram, IptablesDelta> Dataplane { get; private set; }

    public RandomCluster Cluster { get; }

    public static async Task<LegacyNode> CreateAsync(IpFamily family, CancellationToken ct, ILogger? logger = null, int services = 20)
    {
        Root.SkipUnlessAvailable("iptables-legacy");
        return new LegacyNode(await ScratchNamespace.CreateAsync("legacy", ct), family, logger, services);
    }

    /// <summary>Changes some Service ports and puts that in force.</summary>
    public async Task ChangeAsync(int count, CancellationToken ct)
    {
        Cluster.Change(count);
        await SyncAsync(ct);
    }

    /// <summary>Puts the cluster as it is in force.</summary>
    public async Task SyncAsync(CancellationToken ct)
    {
        var state = Cluster.Snapshot();
        await (await Dataplane.PlanAsync(state, ct)).ApplyAsync(ct);
        Cluster.Commit(state);
    }

    /// <summary>A dataplane that remembers nothing, as after a start.</summary>
    public void Restart() => Dataplane = IptablesFixture.Dataplane(Kernel, Options);

    /// <summary>Runs code inside.</summary>
    public T Run<T>(Func<T> function) => _at.Net.Run(function);

    /// <summary>Runs a program inside, which uses the same lock.</summary>
    public Task<CommandResult> RunAsync(string program, IReadOnlyList<string> arguments, string? input, CancellationToken ct) =>
        _at.Net.Run(() => CommandRunner.RunAsync("env", [$"XTABLES_LOCKFILE={Lock.Path}", program, .. arguments], input, ct));

    /// <summary>Runs iptables or ip6tables with arguments between spaces.</summary>
    public async Task IptablesAsync(string arguments, CancellationToken ct) =>
        (await RunAsync(_program, ["-w", .. arguments.Split(' ')], null, ct)).EnsureSuccess();

    /// <summary>Runs the restore tool, which leaves what is there.</summary>
    public async Task RestoreAsync(string input, CancellationToken ct, params string[] flags) =>
        (await RunAsync($"{_program}-restore", ["-w", "--noflush", .. flags], input, ct)).EnsureSuccess();

    /// <summary>What the save tool prints, without the lines that say when.</summary>
    public async Task<List<string>> SaveAsync(CancellationToken ct, params string[] flags) =>
        [.. (await RunAsync($"{_program}-save", flags, null, ct)).EnsureSuccess().Output.Split('\n').Where(static line => !line.StartsWith('#'))];

    public async ValueTask DisposeAsync()
    {
        Kernel.Dispose();
        await _at.DisposeAsync();
        Lock.Dispose();
    }
}
