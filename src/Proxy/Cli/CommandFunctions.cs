using Shunt.Proxy.Options;

namespace Shunt.Proxy.Cli;

/// <summary>What the commands do; each gives the exit code.</summary>
/// <param name="RunAsync"><c>shunt run</c>.</param>
/// <param name="PlanAsync"><c>shunt plan</c>; prints to the writer.</param>
/// <param name="CleanupAsync"><c>shunt cleanup</c>.</param>
/// <param name="ServicesAsync"><c>shunt services</c> of the Service named, or of all when the name is empty; prints to the writer.</param>
/// <param name="DemoAsync"><c>shunt demo</c>; prints to the writer.</param>
internal sealed record CommandFunctions(
    Func<ShuntOptions, CancellationToken, Task<int>> RunAsync,
    Func<ShuntOptions, PlanRequest, TextWriter, CancellationToken, Task<int>> PlanAsync,
    Func<ShuntOptions, CancellationToken, Task<int>> CleanupAsync,
    Func<ShuntOptions, string, TextWriter, CancellationToken, Task<int>> ServicesAsync,
    Func<ShuntOptions, TextWriter, CancellationToken, Task<int>> DemoAsync);
