using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Shunt.Proxy.Options;

namespace Shunt.Proxy.Metrics.Pages;

/// <summary><c>/statusz</c>: what runs, and since when.</summary>
/// <param name="version">The agent's version.</param>
/// <param name="paths">The other pages, in alphabetical order.</param>
/// <param name="time">The clock; the agent starts when this page is made.</param>
internal sealed class StatuszPage(string version, IReadOnlyList<string> paths, TimeProvider time) : Zpage("Statusz", "statusz")
{
    private readonly DateTimeOffset _started = time.GetUtcNow();
    private readonly long _startTimestamp = time.GetTimestamp();

    /// <inheritdoc/>
    protected override void WriteText(StringBuilder text)
    {
        var up = time.GetElapsedTime(_startTimestamp);
        var invariant = CultureInfo.InvariantCulture;
        text.Append(invariant, $"\nStarted: {_started.ToString("ddd MMM", invariant)} {_started.Day,2} {_started.ToString("HH:mm:ss", invariant)} UTC {_started.Year}\n");
        text.Append(invariant, $"Up: {(long)up.TotalHours} hr {up.Minutes:00} min {up.Seconds:00} sec\n");
        text.Append(invariant, $"Go version: {RuntimeInformation.FrameworkDescription}\n");
        text.Append(invariant, $"Binary version: {version}\n");
        text.Append(invariant, $"Emulation version: {KubernetesVersion.CurrentMinor}\n");
        text.Append(invariant, $"Paths: {string.Join(' ', paths)}\n");
    }

    /// <inheritdoc/>
    protected override void WriteFields(Utf8JsonWriter json)
    {
        json.WriteString("startTime", _started.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
        json.WriteNumber("uptimeSeconds", (long)time.GetElapsedTime(_startTimestamp).TotalSeconds);
        json.WriteString("goVersion", RuntimeInformation.FrameworkDescription);
        json.WriteString("binaryVersion", version);
        json.WriteString("emulationVersion", KubernetesVersion.CurrentMinor);
        json.WriteStartArray("paths");
        foreach (var path in paths) json.WriteStringValue(path);
        json.WriteEndArray();
    }
}
