namespace Shunt.Backends.Iptables;

/// <summary>The tables that hold rules of ours, in the order they are written.</summary>
public enum IptablesTable
{
    /// <summary>Only the canary chain.</summary>
    Mangle,

    /// <summary>Rejects, drops and accepts.</summary>
    Filter,

    /// <summary>Destination and source translation.</summary>
    Nat,
}
