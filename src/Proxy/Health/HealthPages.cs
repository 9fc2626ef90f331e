using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Shunt.Proxy.Http;

namespace Shunt.Proxy.Health;

/// <summary>
/// The pages of the health server: kube-proxy's <c>/healthz</c> and <c>/livez</c>, byte for byte, and <c>/readyz</c>, which kube-proxy does not
/// have. The method does not matter.
/// </summary>
internal sealed class HealthPages
{
    // A time zone's + stays a +.
    private static readonly JsonWriterOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly ProxyHealth _health;
    private readonly TimeProvider _time;
    private readonly Action<string, int> _answered;

    /// <param name="health">What is told.</param>
    /// <param name="time">The clock.</param>
    /// <param name="answered">Told the page's name, without a slash, and the status code of each answer; from any thread. Must not throw.</param>
    public HealthPages(ProxyHealth health, TimeProvider time, Action<string, int> answered)
    {
        _health = health;
        _time = time;
        _answered = answered;
    }

    /// <summary>Answers a request.</summary>
    public Task HandleAsync(HttpContext context)
    {
        var report = _health.Report();
        return context.Request.Path.Value switch
        {
            "/healthz" => AnswerAsync(context, "healthz", report.Healthy && report.NodeEligible, report, WriteHealthz),
            "/livez" => AnswerAsync(context, "livez", report.Healthy, report, WriteHealth),
            "/readyz" => AnswerAsync(context, "readyz", report.Ready, report, WriteReadiness),
            _ => Answer.NotFoundAsync(context),
        };
    }

    private Task AnswerAsync(
        HttpContext context, string page, bool good, ProxyHealthReport report, Action<Utf8JsonWriter, ProxyHealthReport, bool> write)
    {
        var status = good ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        _answered(page, status);
        var body = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(body, Json))
        {
            json.WriteStartObject();
            write(json, report, good);
            json.WriteEndObject();
        }

        return Answer.WithAsync(context, status, Answer.Json, body.WrittenMemory);
    }

    private void WriteHealthz(Utf8JsonWriter json, ProxyHealthReport report, bool good)
    {
        WriteTimes(json, report, good);
        json.WriteBoolean("nodeEligible"u8, report.NodeEligible);
        WriteFamilies(json, report);
    }

    private void WriteHealth(Utf8JsonWriter json, ProxyHealthReport report, bool good)
    {
        WriteTimes(json, report, good);
        WriteFamilies(json, report);
    }

    // Where all is well the last update is now, because that is what older versions of kube-proxy said, and what scripts look at.
    private void WriteTimes(Utf8JsonWriter json, ProxyHealthReport report, bool good)
    {
        var now = _time.GetLocalNow();
        json.WriteString("lastUpdated"u8, Rfc3339.Format(good ? now : report.LastUpdated));
        json.WriteString("currentTime"u8, Rfc3339.Format(now));
    }

    private static void WriteFamilies(Utf8JsonWriter json, ProxyHealthReport report)
    {
        json.WriteBoolean("healthy"u8, report.Healthy);
        if (report.Families.IsEmpty) return;
        json.WriteStartObject("status"u8);
        foreach (var family in report.Families)
        {
            json.WriteStartObject(family.Family.ToString());
            json.WriteString("lastUpdated"u8, Rfc3339.Format(family.LastUpdated));
            json.WriteBoolean("healthy"u8, family.Healthy);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private void WriteReadiness(Utf8JsonWriter json, ProxyHealthReport report, bool good)
    {
        json.WriteString("currentTime"u8, Rfc3339.Format(_time.GetLocalNow()));
        json.WriteBoolean("ready"u8, good);
        if (report.Families.IsEmpty)
        {
            json.WriteString("missing"u8, "the state of the cluster"u8);
            return;
        }

        json.WriteStartObject("status"u8);
        foreach (var family in report.Families)
        {
            json.WriteStartObject(family.Family.ToString());
            json.WriteBoolean("ready"u8, family.Verified);
            if (!family.Synced) json.WriteString("missing"u8, "a sync that succeeds"u8);
            else if (!family.Verified) json.WriteString("missing"u8, "a look whether the kernel has what was written"u8);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }
}
