using System.Collections.Immutable;
using Shunt.Testing;

namespace Shunt.Bench;

/// <summary>What to measure.</summary>
internal sealed record ModesRunOptions
{
    /// <summary>A run that is over in three minutes.</summary>
    public bool Quick { get; private init; }

    /// <summary>The modes.</summary>
    public ImmutableArray<BenchMode> Modes { get; private init; } = BenchMode.All;

    /// <summary>How many Services there are, and how many endpoints each has, run by run.</summary>
    public ImmutableArray<(int Services, int Endpoints)> Sizes { get; private init; } = [];

    /// <summary>Loads kube-proxy's layout where that takes minutes, too.</summary>
    public bool PeerLarge { get; private init; }

    /// <summary>Where the report goes.</summary>
    public string Directory { get; private init; } = "";

    /// <summary>At least so many rounds of changes.</summary>
    public int LeastChangeRounds => Quick ? 2 : 5;

    /// <summary>After this no round of changes begins that need not.</summary>
    public TimeSpan ChangeTime => TimeSpan.FromSeconds(Quick ? 1.5 : 8);

    /// <summary>How often first packets are sent each way.</summary>
    public int PacketRounds => Quick ? 9 : 41;

    /// <summary>How long a mode is exercised before it is measured.</summary>
    public TimeSpan WarmUpTime => TimeSpan.FromSeconds(Quick ? 2 : 5);

    /// <summary>Reads the command line.</summary>
    /// <exception cref="ArgumentException">There is something in it that is not known.</exception>
    public static ModesRunOptions Parse(ReadOnlySpan<string> args)
    {
        var options = new ModesRunOptions { Quick = args.Contains("--quick") };
        options = options with
        {
            Sizes = options.Quick ? [(100, 2), (1_000, 2), (10_000, 2)] : [(100, 2), (1_000, 2), (5_000, 2), (10_000, 2), (30_000, 2), (10_000, 10)],
            PeerLarge = !options.Quick,
            Directory = Repository.PathOf(options.Quick ? "artifacts/bench" : "bench/results"),
        };
        for (var i = 0; i < args.Length; i++)
        {
            options = args[i] switch
            {
                "--quick" => options,
                "--no-peer-large" => options with { PeerLarge = false },
                "--modes" when i + 1 < args.Length => options with { Modes = [.. args[++i].Split(',').Select(Mode)] },
                "--sizes" when i + 1 < args.Length => options with { Sizes = BenchSizes.Parse(args[++i]) },
                "--to" when i + 1 < args.Length => options with { Directory = Path.GetFullPath(args[++i]) },
                _ => throw new ArgumentException($"{args[i]} is not known, or needs a value"),
            };
        }

        return options;
    }

    /// <summary>How often everything is loaded.</summary>
    public int Loads(int services, int endpoints) => (Quick, services * endpoints) switch
    {
        (true, <= 2_000) => 3,
        (true, _) => 2,
        (false, <= 2_000) => 7,
        (false, <= 20_000) => 5,
        _ => 3,
    };

    private static BenchMode Mode(string name) =>
        BenchMode.All.FirstOrDefault(mode => mode.Name == name)
        ?? throw new ArgumentException($"{name} is no mode: {string.Join(", ", BenchMode.All.Select(static mode => mode.Name))}");
}
