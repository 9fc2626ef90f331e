namespace Shunt.Testing;

/// <summary>What a program that has ended left behind.</summary>
public sealed record CommandResult(string Command, int ExitCode, string Output, string Error)
{
    /// <summary>The same result, or an exception that shows what the program wrote to standard error.</summary>
    public CommandResult EnsureSuccess() => ExitCode == 0
        ? this
        : throw new InvalidOperationException($"`{Command}` ended with {ExitCode}: {(Error.Length > 0 ? Error : Output).Trim()}");
}
