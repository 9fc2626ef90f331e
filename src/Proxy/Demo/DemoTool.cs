using System.ComponentModel;
using System.Diagnostics;

namespace Shunt.Proxy.Demo;

/// <summary>Runs the system's own programs: ip, iptables, kill.</summary>
internal static class DemoTool
{
    // A plain user's PATH often lacks the directories of ip and iptables.
    private static readonly string Path = $"{Environment.GetEnvironmentVariable("PATH")}:/usr/local/sbin:/usr/sbin:/sbin";

    /// <summary>How to start a program that is looked up where system programs live.</summary>
    public static ProcessStartInfo Command(string program, IEnumerable<string> arguments) => new(Find(program), arguments)
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        Environment = { ["PATH"] = Path },
    };

    /// <summary>Runs a program to its end; returns its exit code and what it printed.</summary>
    /// <exception cref="DemoException">It cannot be started.</exception>
    public static async Task<(int ExitCode, string Output, string Error)> TryRunAsync(
        string program, IEnumerable<string> arguments, string input, CancellationToken ct)
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
            await process.WaitForExitAsync(CancellationToken.None); // so that what it began can be undone
            throw;
        }

        return (process.ExitCode, await output, await error);
    }

    /// <summary>Runs a program that must succeed.</summary>
    /// <exception cref="DemoException">It did not; the message has what it said.</exception>
    public static async Task RunAsync(string program, IReadOnlyList<string> arguments, string input, CancellationToken ct)
    {
        var (exitCode, output, error) = await TryRunAsync(program, arguments, input, ct);
        if (exitCode == 0) return;
        var words = error.Length > 0 ? error : output;
        throw new DemoException($"`{program} {string.Join(' ', arguments)}` ended with {exitCode}: {words.Trim().ReplaceLineEndings(" ")}");
    }

    private static async Task FeedAsync(Process process, string input)
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

    private static Process Start(string program, IEnumerable<string> arguments)
    {
        try
        {
            return Process.Start(Command(program, arguments))!; // null only with UseShellExecute
        }
        catch (Win32Exception e)
        {
            throw new DemoException($"cannot run `{program}`: {e.Message}", e);
        }
    }

    private static string Find(string program)
    {
        foreach (var directory in Path.Split(':'))
        {
            var candidate = System.IO.Path.Combine(directory, program);
            if (File.Exists(candidate)) return candidate;
        }

        return program;
    }
}
