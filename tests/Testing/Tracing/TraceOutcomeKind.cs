namespace Shunt.Testing.Tracing;

/// <summary>The ways a packet can end.</summary>
public enum TraceOutcomeKind
{
    /// <summary>No rule cared: it goes on as it came.</summary>
    Unhandled,

    /// <summary>Let through by name, untranslated.</summary>
    Accept,

    /// <summary>Sent to another address.</summary>
    Translated,

    /// <summary>Refused with an answer.</summary>
    Reject,

    /// <summary>Refused in silence.</summary>
    Drop,
}
