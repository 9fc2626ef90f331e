using Shunt.Proxy.Cli;
using Shunt.Proxy.Options;

namespace Shunt.Proxy;

/// <summary>The whole object graph, wired by hand: one function for each command.</summary>
internal static class Composition
{
    /// <summary>The functions behind the commands.</summary>
    public static CommandFunctions Functions { get; } = new(RunAsync, PlanAsync, CleanupAsync, DemoAsync);

    /// <summary><c>shunt run</c>.</summary>
    public static Task<int> RunAsync(ShuntOptions options, CancellationToken ct) => NotYetAsync("run", ct);

    /// <summary><c>shunt plan</c>.</summary>
    public static Task<int> PlanAsync(ShuntOptions options, PlanRequest request, TextWriter output, CancellationToken ct) => NotYetAsync("plan", ct);

    /// <summary><c>shunt cleanup</c>.</summary>
    public static Task<int> CleanupAsync(ShuntOptions options, CancellationToken ct) => NotYetAsync("cleanup", ct);

    /// <summary><c>shunt demo</c>.</summary>
    public static Task<int> DemoAsync(ShuntOptions options, TextWriter output, CancellationToken ct) => NotYetAsync("demo", ct);

    private static async Task<int> NotYetAsync(string command, CancellationToken ct)
    {
        await Console.Error.WriteLineAsync($"shunt: {command} is not wired yet".AsMemory(), ct);
        return CommandLine.Failure;
    }
}
