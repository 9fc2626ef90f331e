using System.Globalization;

namespace Shunt.Proxy.Health;

/// <summary>Times as Go writes them: fractions of a second without trailing zeros, and Z for UTC.</summary>
internal static class Rfc3339
{
    /// <summary>Writes a time, in its own zone.</summary>
    public static string Format(DateTimeOffset time) => time.ToString(
        time.Offset == TimeSpan.Zero ? "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'" : "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz", CultureInfo.InvariantCulture);
}
