using System.Diagnostics;

namespace Shunt.Kernel.Tests.Iptables.LegacyVariant;

/// <summary>An xtables lock of a test's own: the machine's is everybody's.</summary>
internal sealed class LockFile : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("shunt-lock");

    public string Path => System.IO.Path.Combine(_directory.FullName, "xtables.lock");

    /// <summary>A process that takes the lock and keeps it until it is killed.</summary>
    public async Task<Process> HoldAsync(CancellationToken ct)
    {
        // What it prints says that it has the lock.
        var start = new ProcessStartInfo("flock", ["--no-fork", Path, "sh", "-c", "echo held; exec sleep 300"]) { RedirectStandardOutput = true };
        var process = Process.Start(start)!; // null only with UseShellExecute
        Assert.Equal("held", await process.StandardOutput.ReadLineAsync(ct));
        return process;
    }

    public void Dispose() => _directory.Delete(recursive: true);
}
