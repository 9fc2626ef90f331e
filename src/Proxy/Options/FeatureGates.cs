using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Shunt.Proxy.Options;

/// <summary>The feature gates of Kubernetes 1.36 that kube-proxy knows: all of Kubernetes', most of which mean nothing to a proxy.</summary>
internal static class FeatureGates
{
    /// <summary>Off: external IPs of Services get no rules.</summary>
    public const string AllowServiceExternalIPs = "AllowServiceExternalIPs";

    private const string AllAlpha = "AllAlpha";
    private const string AllBeta = "AllBeta";

    /// <summary>All of them, by name.</summary>
    public static FrozenDictionary<string, FeatureGate> Known { get; } = Read().ToFrozenDictionary(static gate => gate.Name, StringComparer.Ordinal);

    /// <summary>Whether a gate is on.</summary>
    /// <param name="given">What was said of gates.</param>
    /// <param name="name">One of the known ones.</param>
    public static bool IsEnabled(ImmutableSortedDictionary<string, bool> given, string name)
    {
        var gate = Known[name];
        if (given.TryGetValue(name, out var on)) return on;
        return gate.Stage switch
        {
            "alpha" when given.TryGetValue(AllAlpha, out var alpha) => alpha,
            "beta" when given.TryGetValue(AllBeta, out var beta) => beta,
            _ => gate.Default,
        };
    }

    /// <summary>What is wrong with what was said: unknown gates, and locked ones that were to change.</summary>
    public static IEnumerable<string> Check(ImmutableSortedDictionary<string, bool> given)
    {
        foreach (var (name, on) in given)
        {
            if (!Known.TryGetValue(name, out var gate)) yield return $"unrecognized feature gate: {name}";
            else if (gate.IsLocked && on != gate.Default) yield return $"cannot set feature gate {name} to {Word(on)}, feature is locked to {Word(gate.Default)}";
        }
    }

    private static string Word(bool on) => on ? "true" : "false";

    private static IEnumerable<FeatureGate> Read()
    {
        using var stream = typeof(FeatureGates).Assembly.GetManifestResourceStream("feature-gates.txt")
            ?? throw new InvalidOperationException("the list of feature gates is missing from this build");
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith('#')) continue;
            var words = line.Split(' ');
            yield return new FeatureGate(words[0], words[1], words[2] == "on", words.Length > 3);
        }
    }
}
