using System.Globalization;
using Shunt.Netlink;

namespace Shunt.Testing.Network;

/// <summary>A network namespace of a test's own, with loopback up; deleted when disposed.</summary>
public sealed class ScratchNamespace : IAsyncDisposable
{
    private static int _count;

    private ScratchNamespace(string name)
    {
        Name = name;
        Net = NetNamespace.Open(name);
    }

    /// <summary>The name that <c>ip netns</c> knows it by; unique on this machine.</summary>
    public string Name { get; }

    /// <summary>The namespace, to run code in.</summary>
    public NetNamespace Net { get; }

    /// <summary>Makes a namespace.</summary>
    /// <param name="role">What it is for: the end of its name.</param>
    /// <param name="ct">Gives up.</param>
    public static async Task<ScratchNamespace> CreateAsync(string role, CancellationToken ct)
    {
        var number = Interlocked.Increment(ref _count);
        var name = string.Create(CultureInfo.InvariantCulture, $"shunt-test-{Environment.ProcessId}-{number}-{role}");
        (await CommandRunner.RunAsync("ip", ["netns", "add", name], null, ct)).EnsureSuccess();
        var created = new ScratchNamespace(name);
        try
        {
            await created.IpAsync("link set lo up\n", ct);
            return created;
        }
        catch
        {
            await created.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs <c>ip</c> commands inside, one a line, without the word ip; IPv6 is told from the addresses in it.</summary>
    public async Task IpAsync(string commands, CancellationToken ct) =>
        (await CommandRunner.RunAsync("ip", ["-n", Name, "-batch", "-"], commands, ct)).EnsureSuccess();

    /// <summary>Runs a program inside.</summary>
    public Task<CommandResult> RunAsync(string program, IReadOnlyList<string> arguments, string? input, CancellationToken ct) =>
        CommandRunner.RunInAsync(Name, program, arguments, input, ct);

    /// <summary>Sets kernel settings under /proc/sys/net inside; one that this kernel does not have per namespace is passed over.</summary>
    public void Sysctl(params (string Path, string Value)[] settings) => Net.Run(() =>
    {
        foreach (var (path, value) in settings)
        {
            var file = "/proc/sys/net/" + path;
            if (File.Exists(file)) File.WriteAllText(file, value);
        }
    });

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Net.Dispose();
        await CommandRunner.RunAsync("ip", ["netns", "del", Name], null, CancellationToken.None);
    }
}
