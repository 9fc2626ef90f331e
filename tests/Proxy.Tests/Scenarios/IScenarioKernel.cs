using Shunt.Backends;
using Shunt.Model;
using Shunt.Testing.Tracing;

namespace Shunt.Proxy.Tests.Scenarios;

/// <summary>A kernel in memory, as one mode sees it.</summary>
internal interface IScenarioKernel
{
    /// <summary>The backend of an agent that starts on the kernel as it is.</summary>
    IDataplane Start(ScenarioSettings settings);

    /// <summary>A step begins; in it the kernel fails, or does not.</summary>
    void Begin(bool fails);

    /// <summary>What is not as a fresh start would have made it.</summary>
    Task<IReadOnlyList<string>> CompareWithFreshAsync(DesiredState desired, ScenarioSettings settings, CancellationToken ct);

    /// <summary>What is not as the mode's own keys of the step say.</summary>
    IEnumerable<string> Check(ScenarioStep step, IReadOnlyList<ServiceChange> changes);

    /// <summary>What becomes of a packet.</summary>
    Func<TracedPacket, TraceResult> Tracer(TrafficRules rules);
}
