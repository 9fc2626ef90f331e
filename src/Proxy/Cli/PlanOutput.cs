namespace Shunt.Proxy.Cli;

/// <summary>How <c>shunt plan</c> prints.</summary>
internal enum PlanOutput
{
    /// <summary>For people: services first, then rules.</summary>
    Text,

    /// <summary>One JSON object; see <see cref="PlanJson"/>.</summary>
    Json,

    /// <summary>The transactions themselves, in the mode's own language.</summary>
    Restore,
}
