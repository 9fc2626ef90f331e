namespace Shunt.Bench;

/// <summary>One row of the report: the same done by Shunt and by what people would use otherwise.</summary>
/// <param name="Scenario">What was done.</param>
/// <param name="Mode">In which mode.</param>
/// <param name="Services">How many Services there are.</param>
/// <param name="Endpoints">How many endpoints each has.</param>
/// <param name="Ours">How long it took, in milliseconds.</param>
internal sealed record ModesResult(string Scenario, string Mode, int Services, int Endpoints, double Ours)
{
    /// <summary>All rules, by the compiler alone.</summary>
    public const string Generate = "generate";

    /// <summary>All that is wanted, compared with what was read from the kernel.</summary>
    public const string FullDiff = "diff, everything";

    /// <summary>What one change changes, known to be the only one.</summary>
    public const string ChangeDiff = "diff, one endpoint changed";

    /// <summary>An empty kernel, to all rules in force.</summary>
    public const string FullSync = "full sync";

    /// <summary>An endpoint instead of another, from desired state to the kernel's yes.</summary>
    public const string EndpointChanged = "endpoint changed";

    /// <summary>A Service with its endpoints more, in the same way.</summary>
    public const string ServiceAdded = "service added";

    /// <summary>A Service with its endpoints less, in the same way.</summary>
    public const string ServiceRemoved = "service removed";

    /// <summary>How a new connection's packet to the Service at the end of the rules is called.</summary>
    public const string LastPacket = "first packet, last service";

    /// <summary>The same where KUBE-SERVICES is a tree.</summary>
    public const string LastPacketOfTree = LastPacket + ", tree";

    /// <summary>What it is compared with; null for nothing.</summary>
    public string? Peer { get; init; }

    /// <summary>How long the peer took; null where it was not measured.</summary>
    public double? PeerTime { get; init; }

    /// <summary>How many times as long the peer took.</summary>
    public double? Ratio => PeerTime / Ours;
}
