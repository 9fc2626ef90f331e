namespace Shunt.Proxy.Options;

/// <summary>How log lines look: the values of <c>--logging-format</c>.</summary>
internal enum LoggingFormat
{
    /// <summary>One line of text each, with the level, date and process id in front, as Kubernetes' own components do.</summary>
    Text,

    /// <summary>One JSON object each.</summary>
    Json,
}
