namespace Shunt.Netlink.Xtables;

/// <summary>Who holds the xtables lock.</summary>
/// <param name="Pid">The process, as this one sees it.</param>
/// <param name="Command">What it was started as; empty when it cannot be told, as when it has ended and left the lock to another.</param>
public readonly record struct XtablesLockHolder(int Pid, string Command)
{
    /// <inheritdoc/>
    public override string ToString() => Command.Length == 0 ? $"process {Pid}" : $"process {Pid} ({Command})";
}
