using Microsoft.AspNetCore.Http;
using Shunt.Proxy.Http;

namespace Shunt.Proxy.Metrics.Pages;

/// <summary>kube-proxy's metrics server: all its pages, at the same paths. <see cref="HandleAsync"/> is called from any thread.</summary>
internal sealed class MetricsServer
{
    private readonly MetricsServerOptions _options;
    private readonly HealthcheckMetrics _healthchecks = new();
    private readonly StatuszPage? _statusz;
    private readonly FlagzPage? _flagz;
    private readonly DebugPages? _debug;

    /// <summary>The pages the options ask for.</summary>
    public MetricsServer(MetricsServerOptions options)
    {
        _options = options;
        _flagz = options.Flags is { } flags ? new FlagzPage(flags) : null;
        _debug = options.EnableProfiling ? new DebugPages(options.SetVerbosity) : null;
        string[] paths = ["/configz", .. _flagz is null ? [] : new[] { "/flagz" }, "/healthz", "/metrics", "/proxyMode"];
        _statusz = options.Statusz ? new StatuszPage(options.Version, paths, options.Time) : null;
    }

    /// <summary>Answers a request.</summary>
    public Task HandleAsync(HttpContext context)
    {
        var path = context.Request.Path.Value ?? "";
        return path switch
        {
            "/metrics" => MetricsPage.AnswerAsync(context, _options.Registry),
            "/metrics/slis" => AnswerSlisAsync(context),
            "/healthz" or "/healthz/ping" => HealthzPage.AnswerAsync(context, path, _healthchecks),
            "/proxyMode" => Answer.TextAsync(context, _options.Mode),
            "/configz" => Answer.WithAsync(context, StatusCodes.Status200OK, Answer.Json, _options.Configuration()),
            "/flagz" when _flagz is not null => _flagz.AnswerAsync(context),
            "/statusz" when _statusz is not null => _statusz.AnswerAsync(context),
            _ when _debug is not null && path.StartsWith("/debug/", StringComparison.Ordinal) => _debug.AnswerAsync(context, path),
            _ => Answer.NotFoundAsync(context),
        };
    }

    private Task AnswerSlisAsync(HttpContext context)
    {
        if (!HttpMethods.IsDelete(context.Request.Method)) return MetricsPage.AnswerAsync(context, _healthchecks.Registry);
        _healthchecks.Reset();
        return Answer.TextAsync(context, "metrics reset\n");
    }
}
