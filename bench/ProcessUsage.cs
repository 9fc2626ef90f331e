using System.Globalization;

namespace Shunt.Bench;

/// <summary>What a process has used, as /proc tells.</summary>
internal sealed record ProcessUsage
{
    private const int KernelTicksPerSecond = 100; // USER_HZ, the same on every Linux that runs .NET

    /// <summary>Resident memory in MiB.</summary>
    public required double Rss { get; init; }

    /// <summary>The part of it that is not mapped from files.</summary>
    public required double RssAnonymous { get; init; }

    /// <summary>The highest it has been.</summary>
    public required double Peak { get; init; }

    /// <summary>Its threads.</summary>
    public required int Threads { get; init; }

    /// <summary>The children it has now.</summary>
    public required int Children { get; init; }

    /// <summary>Processor time of its own.</summary>
    public required TimeSpan Cpu { get; init; }

    /// <summary>Processor time of the children it has waited for.</summary>
    public required TimeSpan ChildrenCpu { get; init; }

    /// <summary>Looks.</summary>
    public static ProcessUsage Of(int pid)
    {
        var status = File.ReadAllLines($"/proc/{pid}/status");
        var stat = File.ReadAllText($"/proc/{pid}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' '); // from field 3 of proc_pid_stat(5) on
        return new ProcessUsage
        {
            Rss = MiB(status, "VmRSS:"),
            RssAnonymous = MiB(status, "RssAnon:"),
            Peak = MiB(status, "VmHWM:"),
            Threads = int.Parse(fields[17], CultureInfo.InvariantCulture),
            Children = CountChildren(pid),
            Cpu = Ticks(fields[11]) + Ticks(fields[12]),
            ChildrenCpu = Ticks(fields[13]) + Ticks(fields[14]),
        };
    }

    private static int CountChildren(int pid)
    {
        var parent = string.Create(CultureInfo.InvariantCulture, $" {pid} ");
        return Directory.EnumerateDirectories("/proc").Count(process => char.IsAsciiDigit(process[^1]) && IsChild(process, parent));
    }

    private static bool IsChild(string process, string parent)
    {
        try
        {
            var stat = File.ReadAllText(Path.Combine(process, "stat"));
            return stat.AsSpan(stat.LastIndexOf(')') + ") S".Length).StartsWith(parent);
        }
        catch (IOException)
        {
            return false; // it has ended
        }
    }

    private static double MiB(string[] status, string name)
    {
        var line = status.First(line => line.StartsWith(name, StringComparison.Ordinal));
        return long.Parse(line[name.Length..^"kB".Length].Trim(), CultureInfo.InvariantCulture) / 1024.0;
    }

    private static TimeSpan Ticks(string field) => TimeSpan.FromSeconds(long.Parse(field, CultureInfo.InvariantCulture) / (double)KernelTicksPerSecond);
}
