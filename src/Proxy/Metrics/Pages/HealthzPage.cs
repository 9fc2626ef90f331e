using Microsoft.AspNetCore.Http;
using Shunt.Proxy.Http;

namespace Shunt.Proxy.Metrics.Pages;

/// <summary>
/// The metrics server's own <c>/healthz</c>: whether it answers, and nothing else. The one check, ping, is passed by being made.
/// </summary>
internal static class HealthzPage
{
    private const string Ping = "ping";
    private const string Type = "healthz";

    /// <summary>Answers <c>/healthz</c> or <c>/healthz/ping</c>.</summary>
    public static Task AnswerAsync(HttpContext context, string path, HealthcheckMetrics metrics)
    {
        if (path != "/healthz") return Answer.TextAsync(context, "ok");

        var query = context.Request.Query;
        var excluded = query["exclude"];
        var pingExcluded = excluded.Contains(Ping);
        if (!pingExcluded) metrics.Passed(Ping, Type);
        if (!query.ContainsKey("verbose")) return Answer.TextAsync(context, "ok");

        var unknown = string.Join(',', excluded.Where(static name => name != Ping).Select(static name => $"\"{name}\""));
        return Answer.TextAsync(
            context,
            (pingExcluded ? "[+]ping excluded: ok\n" : "[+]ping ok\n")
            + (unknown.Length > 0 ? $"warn: some health checks cannot be excluded: no matches for {unknown}\n" : "")
            + "healthz check passed\n");
    }
}
