using System.Runtime;
using Shunt.Proxy.Metrics.Exposition;

namespace Shunt.Proxy.Metrics;

/// <summary>
/// The metrics of .NET's own meter <c>System.Runtime</c>, named as OpenTelemetry's exporter for Prometheus names them. Those whose name would
/// end in <c>_count</c>, which in Prometheus is the end of a histogram's, are left out.
/// </summary>
internal static class RuntimeMetrics
{
    private const string Generation = "gc_heap_generation";

    /// <summary>Registers them.</summary>
    public static void Register(MetricRegistry registry)
    {
        Counter(registry, "dotnet_gc_heap_total_allocated_bytes_total", "Bytes allocated on the heap.", static () => GC.GetTotalAllocatedBytes());
        Counter(registry, "dotnet_gc_pause_time_seconds_total", "Time the garbage collector paused the process.", static () => GC.GetTotalPauseDuration().TotalSeconds);
        Counter(registry, "dotnet_jit_compiled_il_size_bytes_total", "Bytes of IL that were compiled.", static () => JitInfo.GetCompiledILBytes());
        Counter(registry, "dotnet_jit_compiled_methods_total", "Methods that were compiled.", static () => JitInfo.GetCompiledMethodCount());
        Counter(registry, "dotnet_jit_compilation_time_seconds_total", "Time spent compiling.", static () => JitInfo.GetCompilationTime().TotalSeconds);
        Counter(registry, "dotnet_monitor_lock_contentions_total", "Times a lock had to be waited for.", static () => Monitor.LockContentionCount);
        Counter(registry, "dotnet_thread_pool_work_item_count_total", "Work items the thread pool completed.", static () => ThreadPool.CompletedWorkItemCount);
        Gauge(registry, "dotnet_thread_pool_queue_length", "Work items that wait for a thread.", static () => ThreadPool.PendingWorkItemCount);
        AddLastCollection(registry);
        AddCollections(registry);
    }

    private static void AddLastCollection(MetricRegistry registry)
    {
        var last = default(GCMemoryInfo);
        registry.OnScrape(() => last = GC.GetGCMemoryInfo());
        Gauge(
            registry, "dotnet_gc_last_collection_memory_committed_size_bytes", "Memory committed by the garbage collector at its last collection.",
            () => last.TotalCommittedBytes);
        var size = registry.AddReadings(MetricDescription.Own(
            "dotnet_gc_last_collection_heap_size_bytes", MetricKind.Gauge, "Size of the heap after the last collection, with fragmentation.", Generation));
        var fragmentation = registry.AddReadings(MetricDescription.Own(
            "dotnet_gc_last_collection_heap_fragmentation_size_bytes", MetricKind.Gauge, "Fragmentation of the heap after the last collection.", Generation));
        foreach (var (label, place) in new[] { ("gen0", 0), ("gen1", 1), ("gen2", 2), ("loh", 3), ("poh", 4) })
        {
            size.With(new LabelValues(label), () => last.GenerationInfo is var info && place < info.Length ? info[place].SizeAfterBytes : null);
            fragmentation.With(
                new LabelValues(label), () => last.GenerationInfo is var info && place < info.Length ? info[place].FragmentationAfterBytes : null);
        }
    }

    // A collection of a generation collects the younger ones too; each is counted as what it was.
    private static void AddCollections(MetricRegistry registry)
    {
        var collections = registry.AddReadings(MetricDescription.Own(
            "dotnet_gc_collections_total", MetricKind.Counter, "Garbage collections, each counted in the oldest generation it collected.", Generation));
        collections.With(new LabelValues("gen0"), static () => GC.CollectionCount(0) - GC.CollectionCount(1));
        collections.With(new LabelValues("gen1"), static () => GC.CollectionCount(1) - GC.CollectionCount(2));
        collections.With(new LabelValues("gen2"), static () => GC.CollectionCount(2));
    }

    private static void Counter(MetricRegistry registry, string name, string help, Func<double?> read) =>
        registry.AddReading(MetricDescription.Own(name, MetricKind.Counter, help), read);

    private static void Gauge(MetricRegistry registry, string name, string help, Func<double?> read) =>
        registry.AddReading(MetricDescription.Own(name, MetricKind.Gauge, help), read);
}
