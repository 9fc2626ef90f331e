using Shunt.Model;

namespace Shunt.Testing.Tracing;

/// <summary>The oracle's verdicts in the tracer's words, so that the two can be held against each other.</summary>
public static class VerdictConversion
{
    /// <summary>Everything that may become of a packet.</summary>
    public static TraceResult ToTraceResult(this IEnumerable<Verdict> verdicts) =>
        new(verdicts.Select(static v => new TraceOutcome(Convert(v.Kind), v.Address, v.Port, v.Masquerade)));

    private static TraceOutcomeKind Convert(VerdictKind kind) => kind switch
    {
        VerdictKind.Translate => TraceOutcomeKind.Translated,
        VerdictKind.Reject => TraceOutcomeKind.Reject,
        VerdictKind.Drop => TraceOutcomeKind.Drop,
        VerdictKind.Accept => TraceOutcomeKind.Accept,
        _ => TraceOutcomeKind.Unhandled,
    };
}
