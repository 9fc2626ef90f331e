using Shunt.Testing;

namespace Shunt.Bench;

/// <summary>
/// What the real agent costs: its own process, in a network namespace of its own, fed over HTTP by the tests' API server, writing to the real
/// kernel. Memory is the process's, processor time is its own and, apart from it, that of the tools it runs.
/// </summary>
internal static class WholeAgent
{
    /// <summary>Runs everything the command line asks for and writes the report.</summary>
    /// <returns>0, or 1 when it cannot be measured here.</returns>
    public static async Task<int> RunAsync(string[] args, TextWriter output)
    {
        var options = WholeAgentOptions.Parse(args);
        if (WhyNot(options) is { } reason)
        {
            await output.WriteLineAsync($"the agent cannot be measured: {reason}");
            return 1;
        }

        var results = new List<WholeAgentResult>();
        var report = new WholeAgentReport(options);
        foreach (var services in options.Services)
        {
            foreach (var endpoints in options.Endpoints)
            {
                await using var run = await WholeAgentRun.StartAsync(options, services, endpoints);
                results.Add(Say(await run.SyncAsync()));
                if (options.Changes > 0) results.Add(Say(await run.ChangeAsync(options.Changes)));
            }
        }

        if (options.Soak > 0) results.Add(Say(await SoakAsync(options)));
        await report.WriteAsync(results);
        await output.WriteLineAsync();
        await output.WriteAsync(report.ToMarkdown(results));
        return 0;

        WholeAgentResult Say(WholeAgentResult result)
        {
            output.WriteLine(WholeAgentReport.Line(result));
            return result;
        }
    }

    private static async Task<WholeAgentResult> SoakAsync(WholeAgentOptions options)
    {
        await using var run = await WholeAgentRun.StartAsync(options, options.Services[0], options.Endpoints[^1]);
        await run.SyncAsync();
        return await run.SoakAsync(options.Soak);
    }

    private static string? WhyNot(WholeAgentOptions options)
    {
        if (!Environment.IsPrivilegedProcess) return "it takes root, to make a network namespace";
        foreach (var program in (string[])["ip", options.SaveTool])
        {
            if (CommandRunner.Find(program) is null) return $"{program} is not installed";
        }

        return File.Exists(options.Executable) ? null : $"there is no {options.Executable}";
    }
}
