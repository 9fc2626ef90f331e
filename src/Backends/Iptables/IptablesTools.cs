using System.Diagnostics;
using System.Text;
using Shunt.Model;

namespace Shunt.Backends.Iptables;

/// <summary>The programs that speak to the kernel for us: iptables, iptables-save and iptables-restore of one family and variant.</summary>
public sealed class IptablesTools
{
    /// <summary>The exit status for "try again": the lock is held, or memory is short (xtables.h, RESOURCE_PROBLEM).</summary>
    private const int ResourceProblem = 4;

    /// <summary>The exit status for a kernel and tool that do not fit (xtables.h, VERSION_PROBLEM).</summary>
    private const int VersionProblem = 3;

    private readonly string _base;

    /// <summary>The tools of a family and variant; where the name with the variant is not installed, the plain name is used.</summary>
    public IptablesTools(IpFamily family, IptablesVariant variant)
    {
        Family = family;
        Variant = variant;
        var plain = family == IpFamily.IPv4 ? "iptables" : "ip6tables";
        var named = $"{plain}-{(variant == IptablesVariant.Nft ? "nft" : "legacy")}";
        _base = IsInstalled(named) ? named : plain;
    }

    /// <summary>The family.</summary>
    public IpFamily Family { get; }

    /// <summary>The variant.</summary>
    public IptablesVariant Variant { get; }

    /// <summary>All tables, as iptables-save prints them.</summary>
    /// <exception cref="KernelException">The tool failed.</exception>
    public async ValueTask<ReadOnlyMemory<byte>> SaveAsync(CancellationToken ct)
    {
        var (exit, output, error) = await RunAsync($"{_base}-save", [], default, ct);
        return exit == 0 ? output : throw Failure($"{_base}-save", exit, error);
    }

    /// <summary>
    /// Feeds iptables-restore. Gives null when it was done, and otherwise why it was refused: then nothing was done. Once begun it is not
    /// cancelled: half-heard, its outcome would be unknown.
    /// </summary>
    /// <exception cref="KernelException">It failed for a reason that is not in the input.</exception>
    public async ValueTask<string?> RestoreAsync(ReadOnlyMemory<byte> input, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var (exit, _, error) = await RunAsync($"{_base}-restore", ["-w", "5", "--noflush"], input, CancellationToken.None);
        return exit switch
        {
            0 => null,
            ResourceProblem or VersionProblem or < 0 or > 100 => throw Failure($"{_base}-restore", exit, error),
            _ => error,
        };
    }

    /// <summary>The rules of one chain as the tool lists them; null when there is no such chain.</summary>
    /// <exception cref="KernelException">The tool could not be asked.</exception>
    public async ValueTask<ReadOnlyMemory<byte>?> ListAsync(IptablesTable table, string chain, CancellationToken ct)
    {
        var (exit, output, error) = await RunAsync(_base, ["-w", "5", "-t", IptablesText.Name(table), "-S", chain], default, ct);
        return exit switch
        {
            0 => output,
            ResourceProblem or VersionProblem or < 0 or > 100 => throw Failure(_base, exit, error),
            _ => null,
        };
    }

    /// <summary>
    /// What <c>--version</c> prints ("iptables v1.8.9 (nf_tables)"); null when the tool cannot be run, or turns out to be of the other
    /// variant, as a tool with the plain name may. Tools that do not say which they are, before 1.8, are legacy.
    /// </summary>
    public async ValueTask<string?> VersionAsync(CancellationToken ct)
    {
        try
        {
            var (exit, output, _) = await RunAsync(_base, ["--version"], default, ct);
            var text = Encoding.UTF8.GetString(output.Span).Trim();
            var variant = text.EndsWith("(nf_tables)", StringComparison.Ordinal) ? IptablesVariant.Nft : IptablesVariant.Legacy;
            return exit == 0 && variant == Variant ? text : null;
        }
        catch (KernelException)
        {
            return null;
        }
    }

    private static bool IsInstalled(string program)
    {
        foreach (var directory in (Environment.GetEnvironmentVariable("PATH") ?? "/usr/sbin:/sbin:/usr/bin:/bin").Split(':'))
        {
            if (File.Exists(Path.Combine(directory, program))) return true;
        }

        return false;
    }

    private static KernelException Failure(string program, int exit, string error) =>
        new($"{program} failed with exit status {exit}{(error.Length == 0 ? "" : ": " + error)}");

    private static async ValueTask<(int Exit, ReadOnlyMemory<byte> Output, string Error)> RunAsync(
        string program, string[] arguments, ReadOnlyMemory<byte> input, CancellationToken ct)
    {
        using var process = Start(program, arguments);
        var output = new MemoryStream();
        var reading = process.StandardOutput.BaseStream.CopyToAsync(output, ct);
        var errors = process.StandardError.ReadToEndAsync(ct);
        try
        {
            await process.StandardInput.BaseStream.WriteAsync(input, ct);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It stopped reading because something is wrong with the input; its exit status and its words say what.
        }

        await reading;
        var error = (await errors).Trim();
        await process.WaitForExitAsync(ct);
        return (process.ExitCode, output.GetBuffer().AsMemory(0, (int)output.Length), error);
    }

    private static Process Start(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        try
        {
            return Process.Start(start) ?? throw new KernelException($"{program} could not be started");
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new KernelException($"{program} could not be started: {e.Message}", e);
        }
    }
}
