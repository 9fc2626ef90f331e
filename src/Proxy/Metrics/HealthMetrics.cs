using System.Globalization;
using Shunt.Proxy.Metrics.Exposition;

namespace Shunt.Proxy.Metrics;

/// <summary>kube-proxy's metrics of its health server.</summary>
internal sealed class HealthMetrics
{
    private readonly MetricVector<Counter> _healthz;
    private readonly MetricVector<Counter> _livez;

    /// <summary>Registers them.</summary>
    public HealthMetrics(MetricRegistry registry)
    {
        _healthz = registry.AddCounters(MetricDescription.Alpha(
            "kubeproxy_proxy_healthz_total", MetricKind.Counter, "Cumulative proxy healthz HTTP status", "code"));
        _livez = registry.AddCounters(MetricDescription.Alpha(
            "kubeproxy_proxy_livez_total", MetricKind.Counter, "Cumulative proxy livez HTTP status", "code"));
    }

    /// <summary>A page of the health server was answered; kube-proxy counts two of them. Called from any thread.</summary>
    /// <param name="page">The page's name, without a slash.</param>
    /// <param name="code">The status.</param>
    public void Answered(string page, int code)
    {
        if (page == "healthz") _healthz[Text(code)].Add();
        else if (page == "livez") _livez[Text(code)].Add();
    }

    private static string Text(int code) => code switch
    {
        200 => "200",
        503 => "503",
        _ => code.ToString(CultureInfo.InvariantCulture),
    };
}
