using System.Collections.Concurrent;
using System.Globalization;
using Shunt.Proxy.Metrics.Exposition;

namespace Shunt.Proxy.Metrics;

/// <summary>client-go's metrics of requests to the API server.</summary>
internal sealed class RestClientMetrics : IRequestObserver
{
    private readonly ConcurrentDictionary<int, string> _codes = new(); // few, and looked up for each request
    private readonly MetricVector<Counter> _requests;
    private readonly MetricVector<Histogram> _duration;

    /// <summary>Registers them.</summary>
    public RestClientMetrics(MetricRegistry registry)
    {
        _requests = registry.AddCounters(MetricDescription.Alpha(
            "rest_client_requests_total", MetricKind.Counter, "Number of HTTP requests, partitioned by status code, method, and host.",
            "code", "host", "method"));
        _duration = registry.AddHistograms(
            MetricDescription.Alpha(
                "rest_client_request_duration_seconds", MetricKind.Histogram, "Request latency in seconds. Broken down by verb, and host.", "host", "verb"),
            Buckets.Request);
    }

    /// <inheritdoc/>
    public void Answered(string method, string host, int? code, TimeSpan? elapsed)
    {
        var text = code is { } known ? _codes.GetOrAdd(known, static code => code.ToString(CultureInfo.InvariantCulture)) : "<error>";
        _requests[new LabelValues(text, host, method)].Add();
        if (elapsed is { } duration) _duration[new LabelValues(host, method)].Observe(duration.TotalSeconds);
    }
}
