using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Shunt.Proxy.Http;

namespace Shunt.Proxy.Health;

/// <summary>What a load balancer is told about one Service on this node: the same on every path, to every method.</summary>
internal sealed class ServiceHealthPage
{
    private readonly ProxyHealth _proxy;
    private readonly ILogger _logger;

    /// <param name="proxy">While it is not healthy, no Service is.</param>
    /// <param name="logger">Told about requests that came too late.</param>
    public ServiceHealthPage(ProxyHealth proxy, ILogger logger)
    {
        _proxy = proxy;
        _logger = logger;
    }

    /// <summary>Answers a request.</summary>
    public Task HandleAsync(HttpContext context, ServiceHealthCheck check)
    {
        if (check.IsClosed)
        {
            // An empty 200, as from kube-proxy: its connection is about to be cut.
            Log.RequestForClosedHealthCheck(_logger, check.Service);
            return Task.CompletedTask;
        }

        var endpoints = check.LocalEndpoints;
        var proxyHealthy = _proxy.IsHealthy;
        var status = endpoints != 0 && proxyHealthy ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        context.Response.Headers["X-Load-Balancing-Endpoint-Weight"] = endpoints.ToString(CultureInfo.InvariantCulture);
        return Answer.WithAsync(context, status, Answer.Json, Body(check, endpoints, proxyHealthy));
    }

    // Names of objects that reached this far have nothing in them that would have to be escaped.
    private static byte[] Body(ServiceHealthCheck check, int endpoints, bool proxyHealthy) => Encoding.UTF8.GetBytes(string.Create(
        CultureInfo.InvariantCulture,
        $"{{\n\t\"service\": {{\n\t\t\"namespace\": \"{check.Service.Namespace}\",\n\t\t\"name\": \"{check.Service.Name}\"\n\t}},\n"
        + $"\t\"localEndpoints\": {endpoints},\n\t\"serviceProxyHealthy\": {(proxyHealthy ? "true" : "false")}\n}}"));
}
