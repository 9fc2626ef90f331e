namespace Shunt.Bench;

/// <summary>One row of the report.</summary>
/// <param name="Scenario">What was done: sync, changes, soak.</param>
/// <param name="Services">How many Services there are.</param>
/// <param name="Endpoints">How many endpoints each has.</param>
/// <param name="Changes">How many endpoints changed in it.</param>
internal sealed record WholeAgentResult(string Scenario, int Services, int Endpoints, int Changes)
{
    /// <summary>The process after it.</summary>
    public required ProcessUsage After { get; init; }

    /// <summary>Processor time of the process in it; from its start, for the sync.</summary>
    public required TimeSpan Cpu { get; init; }

    /// <summary>Processor time of the tools it ran in it.</summary>
    public required TimeSpan ToolsCpu { get; init; }

    /// <summary>How long it took; processes start and Services are listed in it.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>How many syncs of the IPv4 family there were in it.</summary>
    public required int Syncs { get; init; }

    /// <summary>Resident MiB, sampled evenly over it; empty but for a soak.</summary>
    public IReadOnlyList<double> Samples { get; init; } = [];

    /// <summary>The mean of the samples' first quarter, in MiB.</summary>
    public double FirstQuarter => Samples.Take(Samples.Count / 4).Average();

    /// <summary>The mean of the samples' last quarter, in MiB.</summary>
    public double LastQuarter => Samples.Skip(Samples.Count - Samples.Count / 4).Average();

    /// <summary>The slope of the samples' regression line, in KiB for a thousand changes.</summary>
    public double Slope
    {
        get
        {
            var middle = (Samples.Count - 1) / 2.0;
            var mean = Samples.Average();
            var (above, below) = (0.0, 0.0);
            for (var i = 0; i < Samples.Count; i++)
            {
                above += (i - middle) * (Samples[i] - mean);
                below += (i - middle) * (i - middle);
            }

            return above / below * 1024 * Samples.Count / Changes * 1000;
        }
    }
}
