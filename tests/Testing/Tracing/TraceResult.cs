using System.Collections.Immutable;

namespace Shunt.Testing.Tracing;

/// <summary>Everything that can become of a packet, over all random branches; sorted, each outcome once.</summary>
public sealed class TraceResult(IEnumerable<TraceOutcome> outcomes)
{
    /// <summary>The outcomes.</summary>
    public ImmutableArray<TraceOutcome> Outcomes { get; } =
        [.. outcomes.Distinct().OrderBy(o => o.Kind).ThenBy(o => o.Address).ThenBy(o => o.Port).ThenBy(o => o.Masqueraded)];

    /// <summary>
    /// One line to compare with: <c>10.180.0.1:80, 10.180.1.1:80 m</c>, where the letter is <c>m</c> for masqueraded, <c>u</c> for not,
    /// and is given to each when they differ; or <c>REJECT</c>; or nothing when no rule cared.
    /// </summary>
    public override string ToString()
    {
        var translated = Outcomes.Where(o => o.Kind == TraceOutcomeKind.Translated).ToList();
        if (translated.Count == 0) return string.Join(", ", Outcomes);
        return translated.Count == Outcomes.Length && translated.DistinctBy(o => o.Masqueraded).Count() == 1
            ? $"{string.Join(", ", translated)} {Letter(translated[0])}"
            : string.Join(", ", Outcomes.Select(o => o.Kind == TraceOutcomeKind.Translated ? $"{o} {Letter(o)}" : o.ToString()));
    }

    private static char Letter(TraceOutcome outcome) => outcome.Masqueraded ? 'm' : 'u';
}
