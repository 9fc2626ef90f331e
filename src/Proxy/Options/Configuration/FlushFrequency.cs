namespace Shunt.Proxy.Options.Configuration;

/// <summary>How often logs are flushed: the one duration that may also be a number, of nanoseconds.</summary>
/// <param name="Value">The duration.</param>
/// <param name="IsText">Whether it was written as a duration, and is to be.</param>
internal readonly record struct FlushFrequency(TimeSpan Value, bool IsText);
