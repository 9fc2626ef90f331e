using System.Globalization;
using Shunt.Testing;
using Shunt.Testing.Agent;

namespace Shunt.Kernel.Tests.Golden;

/// <summary>The namespaces in which the recorded verdicts were met, and the tool that opens the flows.</summary>
internal sealed class PacketProbe : IAsyncDisposable
{
    private readonly string _tool;
    private readonly string _prefix;
    private readonly List<string> _files = [];

    private PacketProbe(string tool, string cluster, string prefix)
    {
        _tool = tool;
        _prefix = prefix;
        Cluster = cluster;
    }

    /// <summary>The file with the cluster's objects.</summary>
    public string Cluster { get; }

    /// <summary>Makes the namespaces, or skips the test where the recorded cluster is not.</summary>
    /// <param name="role">What for; its first letters are part of the namespaces' names.</param>
    /// <param name="ct">Gives up.</param>
    public static async Task<PacketProbe> UpAsync(string role, CancellationToken ct)
    {
        var prefix = string.Create(CultureInfo.InvariantCulture, $"sp{Environment.ProcessId}{role[..Math.Min(role.Length, 8)]}");
        var probe = new PacketProbe(Repository.GoldenOrSkip("../tools/packets.py"), Repository.GoldenOrSkip("cluster.json"), prefix);
        try
        {
            (await CommandRunner.RunAsync("python3", [probe._tool, "up", "--prefix", prefix], null, ct)).EnsureSuccess();
            return probe;
        }
        catch
        {
            await probe.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs the agent on the node.</summary>
    public Task<CommandResult> RunAsync(IReadOnlyList<string> arguments, CancellationToken ct) =>
        CommandRunner.RunInAsync($"{_prefix}-node", ShuntAgent.Path, arguments, null, ct);

    /// <summary>Makes the node's kernel as the cluster says, once.</summary>
    public Task<CommandResult> SyncAsync(IReadOnlyList<string> flags, CancellationToken ct) =>
        RunAsync(["run", "--once", "--from", Cluster, .. flags], ct);

    /// <summary>Loads recorded tables of kube-proxy on the node.</summary>
    /// <param name="recorded">The beginning of the files' paths, up to <c>.v4.nft</c>.</param>
    /// <param name="ct">Gives up.</param>
    public async Task LoadAsync(string recorded, CancellationToken ct)
    {
        foreach (var family in new[] { "v4", "v6" })
            (await CommandRunner.RunInAsync($"{_prefix}-node", "nft", ["-f", Repository.GoldenOrSkip($"{recorded}.{family}.nft")], null, ct)).EnsureSuccess();
    }

    /// <summary>Removes all tables of the node.</summary>
    public async Task FlushAsync(CancellationToken ct)
    {
        (await CommandRunner.RunInAsync($"{_prefix}-node", "nft", ["flush", "ruleset"], null, ct)).EnsureSuccess();
    }

    /// <summary>The node's nftables tables.</summary>
    public async Task<IReadOnlyList<string>> TablesAsync(CancellationToken ct) =>
        (await CommandRunner.RunInAsync($"{_prefix}-node", "nft", ["list", "tables"], null, ct)).EnsureSuccess()
            .Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Opens the flows; the file with the verdicts.</summary>
    /// <param name="ct">Gives up.</param>
    /// <param name="services">Only those to some Services; all when empty.</param>
    /// <param name="tries">How often each is opened, to meet all endpoints.</param>
    public async Task<string> ProbeAsync(CancellationToken ct, IReadOnlyList<string>? services = null, int tries = 24)
    {
        var file = Path.GetTempFileName();
        _files.Add(file);
        string[] only = services is null ? [] : ["--only", string.Join(',', services)];
        string[] arguments = [_tool, "probe", Cluster, "--prefix", _prefix, "--out", file, "--tries", tries.ToString(CultureInfo.InvariantCulture), .. only];
        (await CommandRunner.RunAsync("python3", arguments, null, ct)).EnsureSuccess();
        return file;
    }

    /// <summary>Compares two files of verdicts, and fails with the differences.</summary>
    public async Task AssertSameVerdictsAsync(string expected, string got, CancellationToken ct)
    {
        var diff = await CommandRunner.RunAsync("python3", [_tool, "diff", expected, got], null, ct);
        Assert.True(diff.ExitCode == 0, diff.Output + diff.Error);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await CommandRunner.RunAsync("python3", [_tool, "down", "--prefix", _prefix], null, CancellationToken.None);
        foreach (var file in _files) File.Delete(file);
    }
}
