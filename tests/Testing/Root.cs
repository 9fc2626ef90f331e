using System.Globalization;

namespace Shunt.Testing;

/// <summary>Decides whether a test that touches the kernel can run here, and skips it with the reason when it cannot.</summary>
public static class Root
{
    // linux/capability.h
    private const int CAP_NET_ADMIN = 12;
    private const int CAP_SYS_ADMIN = 21;

    private static readonly Lazy<string?> Reason = new(FindReason);

    /// <summary>Skips the test unless network namespaces can be made and the programs are installed.</summary>
    public static void SkipUnlessAvailable(params string[] programs)
    {
        if (Reason.Value is { } reason) Assert.Skip(reason);
        foreach (var program in programs)
        {
            if (CommandRunner.Find(program) is null) Assert.Skip($"needs {program}, which is not installed");
        }
    }

    private static string? FindReason()
    {
        if (!Environment.IsPrivilegedProcess) return "needs root";
        var capabilities = EffectiveCapabilities();
        if ((capabilities >> CAP_NET_ADMIN & 1) == 0) return "needs CAP_NET_ADMIN";
        if ((capabilities >> CAP_SYS_ADMIN & 1) == 0) return "needs CAP_SYS_ADMIN, to make network namespaces";
        return CommandRunner.Find("ip") is null ? "needs iproute2" : null;
    }

    private static ulong EffectiveCapabilities()
    {
        const string field = "CapEff:";
        var line = File.ReadLines("/proc/self/status").First(line => line.StartsWith(field, StringComparison.Ordinal));
        return ulong.Parse(line.AsSpan(field.Length).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    }
}
