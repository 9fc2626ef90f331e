using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Shunt.Proxy.Http;

namespace Shunt.Proxy.Metrics.Pages;

/// <summary>
/// The pages under <c>/debug</c>. Profiles in Go's format cannot be had of a process that is not written in Go; what is here instead says so.
/// </summary>
/// <param name="setVerbosity">Sets the verbosity of the log.</param>
internal sealed class DebugPages(Action<int> setVerbosity)
{
    private const int LongestValue = 64;

    private const string Index =
        "/debug/pprof/\n\n"
        + "This kube-proxy is Shunt, which runs on .NET: there are no profiles in Go's pprof format here.\n\n"
        + "cmdline\tthe command line, arguments parted by zero bytes\n"
        + "heap\tthe garbage collector's view of the heap, as text\n\n"
        + "For traces, counters and heap dumps use dotnet-trace, dotnet-counters and dotnet-gcdump on the process.\n";

    /// <summary>Answers a request for one of the pages.</summary>
    public Task AnswerAsync(HttpContext context, string path) => path switch
    {
        "/debug/pprof" => RedirectAsync(context, "/debug/pprof/"),
        "/debug/pprof/" => Answer.TextAsync(context, Index),
        "/debug/pprof/cmdline" => Answer.TextAsync(context, string.Join('\0', Environment.GetCommandLineArgs())),
        "/debug/pprof/heap" => Answer.TextAsync(context, Heap()),
        "/debug/flags" or "/debug/flags/" => Answer.TextAsync(context, "/debug/flags/\n\nflags that can be set with PUT: v\n"),
        "/debug/flags/v" => SetVerbosityAsync(context),
        _ when path.StartsWith("/debug/pprof/", StringComparison.Ordinal) => Answer.TextAsync(context, Index, StatusCodes.Status404NotFound),
        _ => Answer.NotFoundAsync(context),
    };

    private static Task RedirectAsync(HttpContext context, string to)
    {
        context.Response.Redirect(to, permanent: true);
        return Task.CompletedTask;
    }

    private static string Heap()
    {
        var memory = GC.GetGCMemoryInfo();
        var text = new StringBuilder();
        Add("collections of generation 0", GC.CollectionCount(0));
        Add("collections of generation 1", GC.CollectionCount(1));
        Add("collections of generation 2", GC.CollectionCount(2));
        Add("bytes allocated since the start", GC.GetTotalAllocatedBytes());
        Add("bytes on the heap now", GC.GetTotalMemory(forceFullCollection: false));
        Add("bytes on the heap after the last collection", memory.HeapSizeBytes);
        Add("bytes of that lost to fragmentation", memory.FragmentedBytes);
        Add("bytes committed", memory.TotalCommittedBytes);
        return text.ToString();

        void Add(string name, long value) => text.Append(CultureInfo.InvariantCulture, $"{name}: {value}\n");
    }

    private async Task SetVerbosityAsync(HttpContext context)
    {
        if (!HttpMethods.IsPut(context.Request.Method))
        {
            await Answer.TextAsync(context, "unrecognized http method\n", StatusCodes.Status406NotAcceptable);
            return;
        }

        var (value, complete) = await ReadAsync(context);
        if (!complete || !int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var verbosity))
        {
            await Answer.TextAsync(
                context, $"error setting value: failed set klog.logging.verbosity {value}: not a verbosity\n", StatusCodes.Status400BadRequest);
            return;
        }

        setVerbosity(verbosity);
        await Answer.TextAsync(context, $"successfully set klog.logging.verbosity to {value}\n");
    }

    private static async Task<(string Value, bool Complete)> ReadAsync(HttpContext context)
    {
        var buffer = new byte[LongestValue + 1];
        var length = await context.Request.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, context.RequestAborted);
        return (Encoding.UTF8.GetString(buffer, 0, Math.Min(length, LongestValue)).Trim(), length <= LongestValue);
    }
}
