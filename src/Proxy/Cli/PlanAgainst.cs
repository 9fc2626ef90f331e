namespace Shunt.Proxy.Cli;

/// <summary>What <c>shunt plan</c> compares the desired state with.</summary>
internal enum PlanAgainst
{
    /// <summary>What the kernel has now.</summary>
    Kernel,

    /// <summary>A kernel without any of our rules: needs no privileges.</summary>
    Empty,
}
