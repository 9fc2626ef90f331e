using Microsoft.Extensions.Logging;
using Shunt.Backends;
using Shunt.Model;

namespace Shunt.Proxy.Sync;

/// <summary>The lines about single syncs that kube-proxy has at <c>-v=2</c> and <c>-v=4</c>: how much was sent, and what changed.</summary>
/// <param name="mode">The mode's name, as the lines have it.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Where they go.</param>
internal sealed class SyncDetailLog(string mode, TimeProvider time, ILogger logger) : ISyncObserver
{
    /// <inheritdoc/>
    public void Succeeded(SyncReport report)
    {
        if (!logger.IsEnabled(LogLevel.Debug)) return;
        LogReload(report);
        if (!logger.IsEnabled(LogLevel.Trace)) return;
        foreach (var (before, after) in report.Changes()) LogChange(report.Family, before, after);
        foreach (var trigger in report.TriggerTimes) Log.NetworkProgramming(logger, report.Family, time.GetUtcNow() - trigger);
    }

    private void LogReload(SyncReport report)
    {
        var desired = report.Desired;
        if (report.Result.BytesSent == 0) return;
        var (filter, nat) = (Written(report.Result, "filter"), Written(report.Result, "nat"));
        Log.ReloadingData(logger, mode, report.Family, report.IsFull, desired.Services.Count, desired.EndpointCount, filter, nat);
    }

    private void LogChange(IpFamily family, ServiceEndpoints? before, ServiceEndpoints? after)
    {
        if (after is null)
        {
            Log.RemovingServicePort(logger, family, before!.Port.Name); // what is neither before nor after is no change
            return;
        }

        var (name, address) = (after.Port.Name, AddressOf(after.Port));
        if (before is null) Log.AddingServicePort(logger, family, name, address);
        else if (!before.Port.Equals(after.Port)) Log.UpdatingServicePort(logger, family, name, address);
        if (before is not null && before.Endpoints.AsSpan().SequenceEqual(after.Endpoints.AsSpan())) return;
        Log.SettingEndpoints(logger, family, name, [.. after.Endpoints.Select(static endpoint => endpoint.ToString())]);
    }

    private static int Written(ApplyResult result, string table)
    {
        foreach (var count in result.Tables)
        {
            if (count.Table == table) return count.Written;
        }

        return 0;
    }

    private static string AddressOf(ServicePort port) => port.ClusterIp.Family == IpFamily.IPv6
        ? $"[{port.ClusterIp}]:{port.Port}/{port.Name.Protocol.ToApiName()}"
        : $"{port.ClusterIp}:{port.Port}/{port.Name.Protocol.ToApiName()}";
}
