using Shunt.Testing.Network;

namespace Shunt.Testing.Agent;

/// <summary>The agent as it is shipped: its own process, in a namespace of the test.</summary>
public static class ShuntAgent
{
    /// <summary>The built executable.</summary>
    public static string Path { get; } = System.IO.Path.Combine(AppContext.BaseDirectory, "shunt");

    /// <summary>The flags that choose a mode.</summary>
    /// <param name="mode"><c>nftables</c>, or iptables mode's variant: <c>nft</c>, <c>legacy</c> or <c>auto</c>.</param>
    public static string[] ModeFlags(string mode) => mode == "nftables" ? ["--proxy-mode", mode] : ["--shunt-iptables-variant", mode];

    /// <summary>Runs a command to its end.</summary>
    public static Task<CommandResult> RunAsync(ScratchNamespace at, IReadOnlyList<string> arguments, CancellationToken ct) =>
        at.RunAsync(Path, arguments, null, ct);

    /// <summary>Starts the agent and leaves it running.</summary>
    public static RunningAgent Start(ScratchNamespace at, params IReadOnlyList<string> arguments) => new(at.Name, [Path, .. arguments]);

    /// <summary>Starts the agent with directories before its PATH.</summary>
    public static RunningAgent StartWithPath(ScratchNamespace at, string directory, params IReadOnlyList<string> arguments) =>
        new(at.Name, ["env", PathWith(directory), Path, .. arguments]);

    /// <summary>Runs a command to its end with a directory before its PATH.</summary>
    public static Task<CommandResult> RunWithPathAsync(ScratchNamespace at, string directory, IReadOnlyList<string> arguments, CancellationToken ct) =>
        at.RunAsync("env", [PathWith(directory), Path, .. arguments], null, ct);

    private static string PathWith(string directory) => $"PATH={directory}:{Environment.GetEnvironmentVariable("PATH")}";
}
