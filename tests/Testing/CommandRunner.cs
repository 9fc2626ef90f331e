using System.ComponentModel;
using System.Diagnostics;

namespace Shunt.Testing;

/// <summary>Runs a program to its end and keeps what it wrote.</summary>
public static class CommandRunner
{
    /// <summary>Where system programs live; a plain user's PATH often lacks the second half.</summary>
    private static readonly string[] ProgramDirectories =
        [.. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':'), "/usr/local/sbin", "/usr/sbin", "/sbin"];

    /// <summary>The full path of a program, or null when it is not installed.</summary>
    public static string? Find(string program) => program.Contains('/')
        ? (File.Exists(program) ? program : null)
        : ProgramDirectories.Select(directory => Path.Combine(directory, program)).FirstOrDefault(File.Exists);

    /// <summary>Runs a program in this process's network namespace.</summary>
    /// <param name="program">A name to look up, or a path.</param>
    /// <param name="arguments">Its arguments, one each; no shell is involved.</param>
    /// <param name="input">What it reads from standard input; nothing when null.</param>
    /// <param name="ct">Kills it.</param>
    public static async Task<CommandResult> RunAsync(
        string program, IReadOnlyList<string> arguments, string? input, CancellationToken ct)
    {
        using var process = Start(program, arguments);
        var output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        var error = process.StandardError.ReadToEndAsync(CancellationToken.None);
        try
        {
            await FeedAsync(process, input);
            await process.WaitForExitAsync(ct);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        return new CommandResult($"{program} {string.Join(' ', arguments)}", process.ExitCode, await output, await error);
    }

    /// <summary>Runs a program inside a network namespace that <c>ip netns</c> knows by name.</summary>
    public static Task<CommandResult> RunInAsync(
        string netNamespace, string program, IReadOnlyList<string> arguments, string? input, CancellationToken ct) =>
        RunAsync("ip", ["netns", "exec", netNamespace, Find(program) ?? program, .. arguments], input, ct);

    private static Process Start(string program, IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo(Find(program) ?? program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["LC_ALL"] = "C" },
        };
        try
        {
            return Process.Start(start)!; // null only with UseShellExecute
        }
        catch (Win32Exception e)
        {
            throw new InvalidOperationException($"cannot run `{program}`: {e.Message}", e);
        }
    }

    private static async Task FeedAsync(Process process, string? input)
    {
        try
        {
            await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading its input; its exit code and its words say why.
        }
    }
}
