namespace Shunt.Bench;

/// <summary>One row of the report.</summary>
/// <param name="Scenario">What was done.</param>
/// <param name="Services">How many Services there are.</param>
/// <param name="Endpoints">How many endpoints each has; zero where they differ.</param>
internal sealed record NftablesResult(string Scenario, int Services, int Endpoints)
{
    /// <summary>The usual figure: milliseconds, or with <see cref="IsMemory"/> MiB.</summary>
    public required double Ours { get; init; }

    /// <summary>The one in the middle of all.</summary>
    public required double Median { get; init; }

    /// <summary>The least.</summary>
    public required double Best { get; init; }

    /// <summary>The figures are MiB, not milliseconds.</summary>
    public bool IsMemory { get; init; }

    /// <summary>Processor time in milliseconds, in user space and the kernel together; null where it was not looked at.</summary>
    public double? Cpu { get; init; }

    /// <summary>What it is compared with; empty for nothing.</summary>
    public string Peer { get; init; } = "";

    /// <summary>The peer's usual figure; null for no peer.</summary>
    public double? PeerUsual { get; init; }

    /// <summary>The peer's least.</summary>
    public double? PeerBest { get; init; }

    /// <summary>What it should be; empty for no goal.</summary>
    public string Goal { get; init; } = "";

    /// <summary>Whether it is.</summary>
    public bool GoalMet { get; init; }
}
