namespace Shunt.Proxy.Options.Configuration;

/// <summary>What became of a file.</summary>
/// <param name="Value">What it says, before any default; null when it could not be decoded.</param>
/// <param name="Error">Why it could not; empty when it could.</param>
/// <param name="StrictError">What a strict reader would have refused it for: unknown and repeated fields; empty when nothing.</param>
internal sealed record ConfigurationDecoding(KubeProxyConfiguration? Value, string Error, string StrictError)
{
    /// <summary>It could not be decoded.</summary>
    public static ConfigurationDecoding Failed(string error) => new(null, error, "");
}
