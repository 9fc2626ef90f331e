using System.Collections.Immutable;
using System.Globalization;

namespace Shunt.Bench;

/// <summary>What to measure.</summary>
internal sealed record WholeAgentOptions
{
    /// <summary>How many Services there are, run by run.</summary>
    public ImmutableArray<int> Services { get; private init; } = [1_000, 10_000];

    /// <summary>How many endpoints each Service has, run by run.</summary>
    public ImmutableArray<int> Endpoints { get; private init; } = [2, 10];

    /// <summary>How many endpoints change after the first sync.</summary>
    public int Changes { get; private init; } = 1_000;

    /// <summary>How many endpoints change in the long run, at the first number of Services and the last of endpoints; zero for no long run.</summary>
    public int Soak { get; private init; }

    /// <summary>How many changes come at once; each such batch is in the kernel before the next comes.</summary>
    public int Batch { get; private init; } = 10;

    /// <summary>The variant of iptables. The nft variant's own first load takes time that grows with the square of the number of chains.</summary>
    public string Variant { get; private init; } = "legacy";

    /// <summary>The agent: the one built with this program, or a published one.</summary>
    public string Executable { get; private init; } = Path.Combine(AppContext.BaseDirectory, "shunt");

    /// <summary>What lists the rules of the variant.</summary>
    public string SaveTool => $"iptables-{Variant}-save";

    /// <summary>Reads the command line, <c>--name value</c> each.</summary>
    /// <exception cref="ArgumentException">There is something else in it.</exception>
    public static WholeAgentOptions Parse(ReadOnlySpan<string> args)
    {
        var options = new WholeAgentOptions();
        for (var i = 0; i < args.Length; i += 2)
        {
            var value = i + 1 < args.Length ? args[i + 1] : throw new ArgumentException($"{args[i]} needs a value");
            options = args[i] switch
            {
                "--services" => options with { Services = Numbers(value) },
                "--endpoints" => options with { Endpoints = Numbers(value) },
                "--changes" => options with { Changes = Number(value) },
                "--soak" => options with { Soak = Number(value) },
                "--batch" => options with { Batch = Number(value) },
                "--variant" => options with { Variant = value },
                "--executable" => options with { Executable = Path.GetFullPath(value) },
                _ => throw new ArgumentException($"{args[i]} is not known"),
            };
        }

        return options;
    }

    private static ImmutableArray<int> Numbers(string text) => [.. text.Split(',').Select(Number)];

    private static int Number(string text) => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
}
