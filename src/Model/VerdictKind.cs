namespace Shunt.Model;

/// <summary>What can become of a packet.</summary>
public enum VerdictKind
{
    /// <summary>The service proxy has nothing to say: it goes where it would have gone.</summary>
    Unhandled,

    /// <summary>It goes to an endpoint.</summary>
    Translate,

    /// <summary>The sender is told that nobody answers.</summary>
    Reject,

    /// <summary>It vanishes.</summary>
    Drop,

    /// <summary>It is let in, past whatever else would filter it: a load balancer asking for health.</summary>
    Accept,
}
