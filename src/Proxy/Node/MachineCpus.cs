using System.Globalization;

namespace Shunt.Proxy.Node;

/// <summary>How many CPUs this machine has.</summary>
internal static class MachineCpus
{
    /// <summary>
    /// The CPUs that are online, whatever share of them this process may use: a limit of its container or an affinity says nothing about how many
    /// connections the machine carries.
    /// </summary>
    /// <param name="sysRoot">Where the kernel's files are: <c>/sys</c>, but for tests.</param>
    /// <returns>At least 1. Where the kernel's file cannot be read, the CPUs of this process.</returns>
    public static int Count(string sysRoot = "/sys")
    {
        try
        {
            var count = CountOf(File.ReadAllText(Path.Combine(sysRoot, "devices/system/cpu/online")));
            if (count > 0) return count;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A container without /sys.
        }

        return Environment.ProcessorCount;
    }

    /// <summary>The length of a list such as <c>0-3,5,8-9</c>; zero when it is none.</summary>
    private static int CountOf(ReadOnlySpan<char> list)
    {
        var count = 0;
        foreach (var part in list.Trim().Split(','))
        {
            var range = list.Trim()[part];
            var dash = range.IndexOf('-');
            if (!TryParse(dash < 0 ? range : range[..dash], out var first) || !TryParse(dash < 0 ? range : range[(dash + 1)..], out var last)) return 0;
            count += last - first + 1;
        }

        return count;
    }

    private static bool TryParse(ReadOnlySpan<char> text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
