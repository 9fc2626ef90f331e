using System.Collections.Immutable;
using Shunt.Backends.Iptables;
using Shunt.Backends.Iptables.LegacyVariant;
using Shunt.Backends.Iptables.NftVariant;
using Shunt.Backends.Nftables;
using Shunt.Model;
using Shunt.Testing;
using Shunt.Testing.Network;

namespace Shunt.Bench;

/// <summary>A mode of Shunt, how to open it, and what people would use otherwise.</summary>
/// <param name="Name">Its name.</param>
internal sealed record BenchMode(string Name)
{
    /// <summary>Our own table, over netlink.</summary>
    public static BenchMode Nftables { get; } = new("nftables")
    {
        PeerName = "nft -f",
        Program = "nft",
        Open = static at => new OpenMode<NftablesProgram, NftablesDelta>(
            at, new NftablesCompiler(SizedCluster.Options), new NftablesDiffer(IpFamily.IPv4), static () => new NftablesKernel(IpFamily.IPv4)),
        Layout = static cluster => new KubeProxyNftables(cluster),
        PeerEveryRound = 2_000,
        PeerAtAll = 20_000, // two minutes
        PeerGrowth = "its time in the kernel grows faster than the square of the number of Services",
    };

    /// <summary>All modes, in the order of the report. A new one is one entry more.</summary>
    public static ImmutableArray<BenchMode> All { get; } =
    [
        Iptables("iptables-nft", IptablesVariant.Nft) with
        {
            PeerEveryRound = 2_000,
            PeerAtAll = 20_000, // eight minutes
            PeerGrowth = "its time grows with the square of the number of chains",
        },
        Iptables("iptables-legacy", IptablesVariant.Legacy),
        Nftables,
    ];

    /// <summary>What kube-proxy's layout is loaded with.</summary>
    public required string PeerName { get; init; }

    /// <summary>The program that does it, and without which there is nothing to compare with.</summary>
    public required string Program { get; init; }

    /// <summary>Opens the mode in a namespace.</summary>
    public required Func<ScratchNamespace, IOpenMode> Open { get; init; }

    /// <summary>kube-proxy's layout.</summary>
    public required Func<SizedCluster, IKubeProxyLayout> Layout { get; init; }

    /// <summary>Up to how many endpoints in all kube-proxy's layout is loaded as often as ours.</summary>
    public required int PeerEveryRound { get; init; }

    /// <summary>Up to how many it is loaded at all, once; a load takes minutes then.</summary>
    public required int PeerAtAll { get; init; }

    /// <summary>Why not with more.</summary>
    public required string PeerGrowth { get; init; }

    /// <summary>The same mode with KUBE-SERVICES as a tree, of which only the first packets are measured; null for none.</summary>
    public BenchMode? Tree { get; init; }

    /// <summary>Why it cannot be measured here; null when nothing speaks against it.</summary>
    public string? WhyNot()
    {
        if (!Environment.IsPrivilegedProcess) return "it takes root, to make a network namespace";
        foreach (var program in (string[])["ip", Program])
        {
            if (CommandRunner.Find(program) is null) return $"{program} is not installed";
        }

        return null;
    }

    private static BenchMode Iptables(string name, IptablesVariant variant)
    {
        var tool = $"{name}-restore";
        var linear = new BenchMode(name)
        {
            PeerName = tool,
            Program = tool,
            Open = at => OpenIptables(at, variant, IptablesOptions),
            Layout = cluster => new KubeProxyIptables(tool, cluster),
            PeerEveryRound = 20_000,
            PeerAtAll = 100_000,
            PeerGrowth = "it takes long",
        };

        return linear with { Tree = linear with { Open = at => OpenIptables(at, variant, IptablesOptions with { Dispatch = IptablesDispatch.Tree }) } };
    }

    /// <summary>The one place that knows how the kernel is written to in iptables mode.</summary>
    private static OpenMode<IptablesProgram, IptablesDelta> OpenIptables(ScratchNamespace at, IptablesVariant variant, IptablesOptions options) =>
        new(at, new IptablesCompiler(options), new IptablesDiffer(), () =>
            variant == IptablesVariant.Nft
                ? new NftVariantKernel(IpFamily.IPv4, options.CountsWithNfAcct)
                : new LegacyKernel(IpFamily.IPv4, options.CountsWithNfAcct, logger: null));

    /// <summary>Linear. Without nfacct's counters: kube-proxy's layout has none here either.</summary>
    private static IptablesOptions IptablesOptions { get; } = new() { Family = IpFamily.IPv4, Detector = SizedCluster.Options.Detector, CountsWithNfAcct = false };
}
