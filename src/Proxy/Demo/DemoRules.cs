namespace Shunt.Proxy.Demo;

/// <summary>Reads the node's rules with iptables itself, in whichever variant the agent chose.</summary>
internal sealed class DemoRules(DemoNetwork network)
{
    // nft first: asking legacy makes empty legacy tables where there were none.
    private static readonly string[] Variants = ["iptables-nft", "iptables-legacy", "iptables"];

    /// <summary>The command that found the Service chain, and what it printed; nothing when there is none yet.</summary>
    public async Task<(string Command, string Listing)> ListAsync(CancellationToken ct)
    {
        foreach (var variant in Variants)
        {
            var listing = await network.TryOnNodeAsync(variant, ["-t", "nat", "-L", "KUBE-SERVICES", "-n"], ct);
            if (listing.Length > 0) return ($"{variant} -t nat -L KUBE-SERVICES -n", listing);
        }

        return ("", "");
    }

    /// <summary>Whether a rule translates to this address.</summary>
    public async Task<bool> MentionAsync(string address, CancellationToken ct)
    {
        foreach (var variant in Variants)
        {
            var saved = await network.TryOnNodeAsync(variant + "-save", ["-t", "nat"], ct);
            if (saved.Contains("KUBE-SERVICES", StringComparison.Ordinal)) return saved.Contains(address, StringComparison.Ordinal);
        }

        return false;
    }
}
