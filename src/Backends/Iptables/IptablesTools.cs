using System.Buffers;
using System.Diagnostics;
using System.IO.Pipelines;
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

    private const int BufferSize = 64 * 1024; // a pipe's

    private static readonly StreamPipeWriterOptions Input = new(minimumBufferSize: BufferSize, leaveOpen: true);

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
    public async ValueTask<IptablesDump> SaveAsync(CancellationToken ct)
    {
        var parser = new IptablesSaveParser();
        var (exit, error) = await RunAsync($"{_base}-save", [], null, bytes => parser.Read(bytes), ct);
        return exit == 0 ? parser.Finish() : throw Failure($"{_base}-save", exit, error);
    }

    /// <summary>
    /// Feeds iptables-restore. Gives null when it was done, and otherwise why it was refused: then nothing was done. Once begun it is not
    /// cancelled: half-heard, its outcome would be unknown.
    /// </summary>
    /// <param name="write">Writes the input, which takes effect only if its last line is there.</param>
    /// <param name="ct">Cancels before it begins.</param>
    /// <exception cref="KernelException">It failed for a reason that is not in the input.</exception>
    public async ValueTask<string?> RestoreAsync(Func<PipeWriter, ValueTask> write, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var (exit, error) = await RunAsync($"{_base}-restore", ["-w", "5", "--noflush"], write, static _ => { }, CancellationToken.None);
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
        using var output = new MemoryStream();
        var (exit, error) = await RunAsync(_base, ["-w", "5", "-t", IptablesText.Name(table), "-S", chain], null, output.Write, ct);
        return exit switch
        {
            0 => output.GetBuffer().AsMemory(0, (int)output.Length),
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
            using var output = new MemoryStream();
            var (exit, _) = await RunAsync(_base, ["--version"], null, output.Write, ct);
            var text = Encoding.UTF8.GetString(output.GetBuffer(), 0, (int)output.Length).Trim();
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

    /// <param name="program">The program.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="write">Writes what it reads; null for nothing.</param>
    /// <param name="read">Gets what it prints, as it comes.</param>
    /// <param name="ct">Cancels.</param>
    private static async ValueTask<(int Exit, string Error)> RunAsync(
        string program, string[] arguments, Func<PipeWriter, ValueTask>? write, Sink read, CancellationToken ct)
    {
        using var process = Start(program, arguments);
        var reading = ReadAsync(process.StandardOutput.BaseStream, read, ct);
        var errors = process.StandardError.ReadToEndAsync(ct);
        if (write is not null) await WriteAsync(process.StandardInput.BaseStream, write);
        process.StandardInput.Close();
        await reading;
        var error = (await errors).Trim();
        await process.WaitForExitAsync(ct);
        return (process.ExitCode, error);
    }

    private static async Task WriteAsync(Stream stream, Func<PipeWriter, ValueTask> write)
    {
        var writer = PipeWriter.Create(stream, Input);
        try
        {
            await write(writer);
            await writer.CompleteAsync();
        }
        catch (IOException e)
        {
            // It stopped reading because something is wrong with the input; its exit status and its words say what.
            await writer.CompleteAsync(e);
        }
    }

    private static async Task ReadAsync(Stream stream, Sink read, CancellationToken ct)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            while (await stream.ReadAsync(buffer, ct) is var length and > 0) read(buffer.AsSpan(0, length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
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

    /// <summary>Takes a part of what a program prints; the bytes are not valid afterwards.</summary>
    private delegate void Sink(ReadOnlySpan<byte> bytes);
}
