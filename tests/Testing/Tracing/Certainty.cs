namespace Shunt.Testing.Tracing;

/// <summary>Whether a rule matches a packet.</summary>
internal enum Certainty
{
    /// <summary>It does not.</summary>
    Never,

    /// <summary>Chance decides: both ways are walked.</summary>
    Sometimes,

    /// <summary>It does.</summary>
    Always,
}
