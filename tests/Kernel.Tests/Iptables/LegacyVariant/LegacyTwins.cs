using Shunt.Backends;
using Shunt.Backends.Iptables;
using Shunt.Backends.Iptables.LegacyVariant;
using Shunt.Model;
using Shunt.Testing;
using Shunt.Testing.Network;

namespace Shunt.Kernel.Tests.Iptables.LegacyVariant;

/// <summary>
/// Two namespaces to which the same is done: in one without a tool, in the other by iptables-legacy-restore. As a kernel it is the first,
/// which the second follows.
/// </summary>
internal sealed class LegacyTwins : IKernel<IptablesProgram, IptablesDelta>, IAsyncDisposable
{
    private readonly ScratchNamespace _ours;
    private readonly ScratchNamespace _theirs;
    private readonly LegacyKernel _kernel;
    private readonly LockFile _lock;
    private readonly string _program;

    private LegacyTwins(ScratchNamespace ours, ScratchNamespace theirs, IpFamily family)
    {
        _ours = ours;
        _theirs = theirs;
        _program = family == IpFamily.IPv4 ? "iptables-legacy" : "ip6tables-legacy";
        _lock = new LockFile();
        _kernel = ours.Net.Run(() => new LegacyKernel(family, counts: true, null, _lock.Path));
    }

    public ScratchNamespace Ours => _ours;

    public static async Task<LegacyTwins> CreateAsync(IpFamily family, CancellationToken ct)
    {
        Root.SkipUnlessAvailable("iptables-legacy", "nfacct");
        var twins = new LegacyTwins(await ScratchNamespace.CreateAsync("ours", ct), await ScratchNamespace.CreateAsync("theirs", ct), family);
        foreach (var at in new[] { twins._ours, twins._theirs })
        {
            foreach (var counter in new[] { "ct_state_invalid_dropped_pkts", "localhost_nps_accepted_pkts" })
                await at.RunAsync("nfacct", ["add", counter], null, ct);
        }

        return twins;
    }

    /// <summary>Does the same in both, by the tool.</summary>
    public async Task RestoreAsync(string input, bool flush, CancellationToken ct)
    {
        string[] flags = flush ? ["-w", "-c"] : ["-w", "-c", "--noflush"];
        var done = await Task.WhenAll(RunAsync(_ours, "restore", flags, input, ct), RunAsync(_theirs, "restore", flags, input, ct));
        foreach (var result in done) result.EnsureSuccess();
    }

    /// <summary>Both print the same.</summary>
    /// <returns>What they print.</returns>
    public async Task<string> AssertSameAsync(string context, CancellationToken ct)
    {
        var saved = await Task.WhenAll(SaveAsync(_ours, ct), SaveAsync(_theirs, ct));
        if (saved[0] == saved[1]) return saved[0];
        Assert.Fail($"{context}: {FirstDifference(saved[1].Split('\n'), saved[0].Split('\n'))}");
        return "";
    }

    public ValueTask<IptablesProgram> ReadAsync(CancellationToken ct) => _kernel.ReadAsync(ct);

    public async ValueTask<KernelAnswer<IptablesDelta>> ApplyAsync(IptablesDelta delta, CancellationToken ct)
    {
        using var text = new StringWriter();
        IptablesText.WriteRestore(delta, text);
        var theirs = RunAsync(_theirs, "restore", ["-w", "--noflush"], text.ToString(), ct);
        var answer = await _ours.Net.Run(() => _kernel.ApplyAsync(delta, ct)); // there, because it makes counters in the thread's namespace
        var result = await theirs;
        Assert.True(result.ExitCode == 0 == answer.Refused is null, $"{result.Error} {answer.Reason}");
        return answer;
    }

    public ValueTask<bool> IsIntactAsync(IptablesProgram expected, CancellationToken ct) => _kernel.IsIntactAsync(expected, ct);

    public ValueTask CleanupAsync(CancellationToken ct) => _kernel.CleanupAsync(ct);

    public async ValueTask DisposeAsync()
    {
        _kernel.Dispose();
        _lock.Dispose();
        await _ours.DisposeAsync();
        await _theirs.DisposeAsync();
    }

    /// <summary>Without the lines that say when it was printed. No packets come by, so counters stay what they were set to.</summary>
    private async Task<string> SaveAsync(ScratchNamespace at, CancellationToken ct)
    {
        var saved = (await RunAsync(at, "save", ["-c"], null, ct)).EnsureSuccess().Output;
        var tables = saved.Split('\n').Where(static line => !line.StartsWith('#')).ToList();
        return string.Join('\n', tables);
    }

    /// <summary>A process is in the namespace of the thread that starts it, which is quicker than by way of another program.</summary>
    private Task<CommandResult> RunAsync(ScratchNamespace at, string tool, string[] flags, string? input, CancellationToken ct) =>
        at.Net.Run(() => CommandRunner.RunAsync("env", [$"XTABLES_LOCKFILE={_lock.Path}", $"{_program}-{tool}", .. flags], input, ct));

    private static string FirstDifference(string[] expected, string[] actual)
    {
        for (var i = 0; i < Math.Max(expected.Length, actual.Length); i++)
        {
            var (wanted, found) = (expected.ElementAtOrDefault(i), actual.ElementAtOrDefault(i));
            if (wanted != found) return $"line {i}: the tool has \"{wanted}\", we have \"{found}\"";
        }

        return "no difference";
    }
}
