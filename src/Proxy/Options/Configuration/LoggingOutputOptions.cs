namespace Shunt.Proxy.Options.Configuration;

/// <summary>Where the lines of one log format go; needs the gate LoggingAlphaOptions.</summary>
internal sealed record LoggingOutputOptions
{
    /// <summary><c>splitStream</c>: errors to standard error, all else to standard output.</summary>
    public bool SplitStream { get; init; }

    /// <summary><c>infoBufferSize</c>: how much of standard output may be held back, as a quantity ("64Ki"); empty for none.</summary>
    public string InfoBufferSize { get; init; } = "";
}
