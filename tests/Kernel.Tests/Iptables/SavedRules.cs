using Shunt.Testing.Network;

namespace Shunt.Kernel.Tests.Iptables;

/// <summary>What iptables-save prints, fit for comparison.</summary>
internal static class SavedRules
{
    /// <summary>The chains and rules in a namespace.</summary>
    /// <param name="at">The namespace.</param>
    /// <param name="program">iptables-nft, ip6tables-legacy and so on.</param>
    /// <param name="ct">Gives up.</param>
    public static async Task<List<string>> ReadAsync(ScratchNamespace at, string program, CancellationToken ct) =>
        Of((await at.RunAsync($"{program}-save", [], null, ct)).EnsureSuccess().Output);

    /// <summary>
    /// A dump without what two kernels in the same state may differ in: comments, counters, built-in chains, the order of tables and chains,
    /// and a second space that some versions print. The order of rules in a chain stays.
    /// </summary>
    public static List<string> Of(string save)
    {
        var lines = new List<string>();
        var table = "";
        foreach (var line in save.Split('\n'))
        {
            if (line.StartsWith('*')) table = line[1..];
            else if (line.StartsWith(':') && line.Contains(" - ", StringComparison.Ordinal)) lines.Add($"{table} {line.Split(' ')[0]}");
            else if (line.StartsWith("-A", StringComparison.Ordinal)) lines.Add($"{table} {line.Replace("  ", " ", StringComparison.Ordinal)}");
        }

        // A stable sort by table and chain.
        return [.. lines.OrderBy(static line => string.Join(' ', line.Split(' ').Take(3)), StringComparer.Ordinal)];
    }
}
