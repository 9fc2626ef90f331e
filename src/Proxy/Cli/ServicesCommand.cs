using System.Collections.Immutable;
using System.Globalization;
using Shunt.Backends.Nftables;
using Shunt.Model;

namespace Shunt.Proxy.Cli;

/// <summary><c>shunt services</c>: what this node's kernel serves, read from the kernel alone (nftables mode).</summary>
internal static class ServicesCommand
{
    private static readonly string[] Header = ["SERVICE", "FRONTEND", "KIND", "POLICY", "ENDPOINTS"];

    /// <summary>Prints the frontends of one Service, or of all.</summary>
    /// <param name="service"><c>namespace/name</c> or <c>namespace/name:port</c>; empty for all.</param>
    /// <param name="output">Where to.</param>
    /// <param name="error">Told when there is none.</param>
    /// <returns>The exit code: 1 when there is none.</returns>
    /// <exception cref="Backends.KernelException">The kernel could not be asked.</exception>
    public static int Run(string service, TextWriter output, TextWriter error)
    {
        var frontends = Read(IpFamily.IPv4, service).AddRange(Read(IpFamily.IPv6, service));
        if (frontends.IsEmpty)
        {
            error.WriteLine(service.Length == 0 ? "shunt: nothing is served here in nftables mode" : $"shunt: {service} is not served here in nftables mode");
            return CommandLine.Failure;
        }

        Write(frontends, output);
        return 0;
    }

    /// <summary>Prints frontends as a table.</summary>
    internal static void Write(ImmutableArray<ServedFrontend> frontends, TextWriter output)
    {
        var rows = new List<string[]> { Header };
        rows.AddRange(frontends
            .OrderBy(static frontend => frontend.Service, StringComparer.Ordinal)
            .ThenBy(static frontend => frontend.Kind, StringComparer.Ordinal)
            .ThenBy(static frontend => frontend.Address)
            .ThenBy(static frontend => frontend.Port)
            .ThenBy(static frontend => frontend.Protocol)
            .ThenByDescending(static frontend => frontend.Policy, StringComparer.Ordinal)
            .Select(static frontend => new[] { frontend.Service, Address(frontend), frontend.Kind, frontend.Policy, Endpoints(frontend) }));
        var widths = Enumerable.Range(0, Header.Length).Select(column => rows.Max(row => row[column].Length)).ToArray();
        foreach (var row in rows) output.WriteLine(string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
    }

    private static ImmutableArray<ServedFrontend> Read(IpFamily family, string service)
    {
        using var reader = ServiceReader.Open(family);
        return reader.Read(service);
    }

    private static string Address(ServedFrontend frontend)
    {
        var protocol = frontend.Protocol.ToApiName();
        if (!frontend.Address.IsValid) return string.Create(CultureInfo.InvariantCulture, $"{frontend.Port}/{protocol}");
        return frontend.Address.Family == IpFamily.IPv6
            ? string.Create(CultureInfo.InvariantCulture, $"[{frontend.Address}]:{frontend.Port}/{protocol}")
            : string.Create(CultureInfo.InvariantCulture, $"{frontend.Address}:{frontend.Port}/{protocol}");
    }

    private static string Endpoints(ServedFrontend frontend)
    {
        var text = frontend.Verdict.Length > 0 ? frontend.Verdict : string.Join(", ", frontend.Endpoints);
        if (frontend.AffinitySeconds > 0) text += string.Create(CultureInfo.InvariantCulture, $" (ClientIP, {frontend.AffinitySeconds} s)");
        return frontend.HasSourceRanges ? text + " (source ranges)" : text;
    }
}
