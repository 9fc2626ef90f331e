using Shunt.Proxy.Metrics.Exposition;

namespace Shunt.Proxy.Metrics;

/// <summary>The metrics that Prometheus' client libraries have of every process.</summary>
internal static class ProcessMetrics
{
    /// <summary>Registers them.</summary>
    public static void Register(MetricRegistry registry)
    {
        var process = new ProcessReadings();
        registry.OnScrape(process.Refresh);
        Add("process_cpu_seconds_total", MetricKind.Counter, "Total user and system CPU time spent in seconds.", () => process.CpuSeconds);
        Add("process_max_fds", MetricKind.Gauge, "Maximum number of open file descriptors.", () => process.MaxFiles);
        Add("process_num_threads", MetricKind.Gauge, "Number of threads.", () => process.Threads);
        Add("process_open_fds", MetricKind.Gauge, "Number of open file descriptors.", () => process.OpenFiles);
        Add("process_resident_memory_bytes", MetricKind.Gauge, "Resident memory size in bytes.", () => process.ResidentBytes);
        Add("process_start_time_seconds", MetricKind.Gauge, "Start time of the process since unix epoch in seconds.", () => process.StartTime);
        Add("process_virtual_memory_bytes", MetricKind.Gauge, "Virtual memory size in bytes.", () => process.VirtualSize);
        Add("process_virtual_memory_max_bytes", MetricKind.Gauge, "Maximum amount of virtual memory available in bytes.", () => process.MaxVirtualSize);
        Add(
            "process_network_receive_bytes_total", MetricKind.Counter, "Number of bytes received by the process over the network.",
            () => process.ReceivedBytes);
        Add(
            "process_network_transmit_bytes_total", MetricKind.Counter, "Number of bytes sent by the process over the network.",
            () => process.SentBytes);

        void Add(string name, MetricKind kind, string help, Func<double?> read) => registry.AddReading(MetricDescription.Own(name, kind, help), read);
    }
}
