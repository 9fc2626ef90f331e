namespace Shunt.Testing.Network;

/// <summary>What became of a flow.</summary>
public enum FlowOutcome
{
    /// <summary>A server answered.</summary>
    Answered,

    /// <summary>Refused at once: RST or ICMP.</summary>
    Reject,

    /// <summary>Silence until the deadline.</summary>
    Drop,
}
