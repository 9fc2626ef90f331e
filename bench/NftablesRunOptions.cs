using System.Collections.Immutable;

namespace Shunt.Bench;

/// <summary>What to measure.</summary>
internal sealed record NftablesRunOptions
{
    /// <summary>Where <c>nft</c> is measured beside: its time grows faster than the number of Services.</summary>
    public const int PeerServices = 1_000;

    /// <summary>How many Services there are, and how many endpoints each has, run by run.</summary>
    public ImmutableArray<(int Services, int Endpoints)> Sizes { get; private init; } =
        [(1_000, 2), (10_000, 2), (30_000, 2), (10_000, 10), (5_000, 50), (44_000, 1)];

    /// <summary>Fewer rounds.</summary>
    public bool Quick { get; private init; }

    /// <summary>Measures <c>nft</c> with 10,000 Services of two endpoints too, which takes minutes.</summary>
    public bool PeerLarge { get; private init; }

    /// <summary>How often everything is loaded.</summary>
    public int Loads => Quick ? 3 : 9;

    /// <summary>How many changes of each kind there are.</summary>
    public int Changes => Quick ? 500 : 3_000;

    /// <summary>How often a loaded table is weighed.</summary>
    public int Weighings => Quick ? 2 : 7;

    /// <summary>How often each kind of first packets is sent, a thousand of them.</summary>
    public int PacketRounds => Quick ? 15 : 80;

    /// <summary>Reads the command line.</summary>
    /// <exception cref="ArgumentException">There is something in it that is not known.</exception>
    public static NftablesRunOptions Parse(ReadOnlySpan<string> args)
    {
        var options = new NftablesRunOptions();
        for (var i = 0; i < args.Length; i++)
        {
            options = args[i] switch
            {
                "--quick" => options with { Quick = true },
                "--peer-large" => options with { PeerLarge = true },
                "--sizes" when i + 1 < args.Length => options with { Sizes = BenchSizes.Parse(args[++i]) },
                _ => throw new ArgumentException($"{args[i]} is not known, or needs a value"),
            };
        }

        return options;
    }

    /// <summary>Whether <c>nft</c> is measured beside.</summary>
    public bool HasPeer(int services, int endpoints) => endpoints == 2 && (services <= PeerServices || PeerLarge && services <= 10_000);
}
