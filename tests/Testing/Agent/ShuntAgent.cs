using Shunt.Testing.Network;

namespace Shunt.Testing.Agent;

/// <summary>The agent as it is shipped: its own process, in a namespace of the test.</summary>
public static class ShuntAgent
{
    /// <summary>The built executable.</summary>
    public static string Path { get; } = System.IO.Path.Combine(AppContext.BaseDirectory, "shunt");

    /// <summary>Runs a command to its end.</summary>
    public static Task<CommandResult> RunAsync(ScratchNamespace at, IReadOnlyList<string> arguments, CancellationToken ct) =>
        at.RunAsync(Path, arguments, null, ct);

    /// <summary>Starts the agent and leaves it running.</summary>
    public static RunningAgent Start(ScratchNamespace at, params IReadOnlyList<string> arguments) => new(at.Name, arguments);
}
