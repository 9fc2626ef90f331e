using System.IO.Enumeration;

namespace Shunt.Proxy.Metrics;

/// <summary>What the kernel says about this process. Refreshed as a whole, at the beginning of a page. Not thread-safe.</summary>
internal sealed class ProcessReadings
{
    private const double TicksPerSecond = 100; // USER_HZ, the same on every architecture .NET runs on
    private const double Unlimited = ulong.MaxValue;

    // Columns of /proc/self/stat after the command's closing bracket (proc(5): fields 14, 15, 20, 22, 23, 24).
    private const int UserTicks = 11;
    private const int SystemTicks = 12;
    private const int ThreadCount = 17;
    private const int StartTicks = 19;
    private const int VirtualBytes = 20;
    private const int ResidentPages = 21;

    private readonly ProcFile _stat = new("/proc/self/stat");
    private readonly ProcFile _limits = new("/proc/self/limits");
    private readonly ProcFile _netstat = new("/proc/self/net/netstat");
    private readonly double? _bootTime = ProcFile.Column(ProcFile.After(new ProcFile("/proc/stat").Read(), "btime"u8), 0);

    /// <summary>Seconds of CPU, user and system.</summary>
    public double? CpuSeconds { get; private set; }

    /// <summary>Open file descriptors.</summary>
    public double? OpenFiles { get; private set; }

    /// <summary>How many there may be.</summary>
    public double? MaxFiles { get; private set; }

    /// <summary>Threads.</summary>
    public double? Threads { get; private set; }

    /// <summary>Bytes in memory.</summary>
    public double? ResidentBytes { get; private set; }

    /// <summary>Bytes of address space.</summary>
    public double? VirtualSize { get; private set; }

    /// <summary>How many there may be.</summary>
    public double? MaxVirtualSize { get; private set; }

    /// <summary>When the process started, in Unix time.</summary>
    public double? StartTime { get; private set; }

    /// <summary>Bytes received in the process's network namespace.</summary>
    public double? ReceivedBytes { get; private set; }

    /// <summary>Bytes sent in the process's network namespace.</summary>
    public double? SentBytes { get; private set; }

    /// <summary>Reads everything; what cannot be read is null.</summary>
    public void Refresh()
    {
        var stat = _stat.Read();
        var columns = stat[(stat.LastIndexOf((byte)')') + 1)..]; // the command before it may hold anything
        CpuSeconds = (ProcFile.Column(columns, UserTicks) + ProcFile.Column(columns, SystemTicks)) / TicksPerSecond;
        StartTime = _bootTime + ProcFile.Column(columns, StartTicks) / TicksPerSecond;
        Threads = ProcFile.Column(columns, ThreadCount);
        VirtualSize = ProcFile.Column(columns, VirtualBytes);
        ResidentBytes = ProcFile.Column(columns, ResidentPages) * Environment.SystemPageSize;

        var limits = _limits.Read();
        MaxFiles = Limit(limits, "Max open files"u8);
        MaxVirtualSize = Limit(limits, "Max address space"u8);
        OpenFiles = CountFiles();
        (ReceivedBytes, SentBytes) = Traffic(_netstat.Read());
    }

    private static double? Limit(ReadOnlySpan<byte> limits, ReadOnlySpan<byte> name)
    {
        var rest = ProcFile.After(limits, name).TrimStart((byte)' ');
        if (rest.IsEmpty) return null;
        return rest.StartsWith("unlimited"u8) ? Unlimited : ProcFile.Column(rest, 0);
    }

    private static double? CountFiles()
    {
        try
        {
            var count = -1; // the directory itself is open while it is read
            foreach (var one in new FileSystemEnumerable<int>("/proc/self/fd", static (ref _) => 1)) count += one;
            return count;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The IpExt columns InOctets and OutOctets; their places are in the first of the two lines.</summary>
    private static (double? In, double? Out) Traffic(ReadOnlySpan<byte> netstat)
    {
        var prefix = "IpExt:"u8;
        var names = ProcFile.After(netstat, prefix);
        if (names.IsEmpty) return default;
        var values = ProcFile.After(netstat[(netstat.IndexOf(names) + names.Length)..], prefix);
        return (ProcFile.Column(values, ColumnOf(names, "InOctets"u8)), ProcFile.Column(values, ColumnOf(names, "OutOctets"u8)));
    }

    private static int ColumnOf(ReadOnlySpan<byte> names, ReadOnlySpan<byte> name)
    {
        var column = 0;
        foreach (var range in names.Trim((byte)' ').Split((byte)' '))
        {
            if (names.Trim((byte)' ')[range].SequenceEqual(name)) return column;
            column++;
        }

        return int.MaxValue;
    }
}
