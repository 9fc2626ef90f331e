using Shunt.Model;

namespace Shunt.Backends.Iptables.Rules;

/// <summary>The end of a rule. What its parts mean depends on the kind.</summary>
/// <param name="Kind">Which target.</param>
internal readonly record struct RuleTarget(RuleTargetKind Kind)
{
    /// <summary>The chain to jump to.</summary>
    public ReadOnlyMemory<byte> Chain { get; init; }

    /// <summary>The bits that are turned over in the mark, after those of <see cref="Mask"/> were cleared.</summary>
    public uint Mark { get; init; }

    /// <summary>The bits that are cleared in the mark first.</summary>
    public uint Mask { get; init; }

    /// <summary>The source port is chosen at random.</summary>
    public bool IsFullyRandom { get; init; }

    /// <summary>The new destination.</summary>
    public IpAddr Address { get; init; }

    /// <summary>Its port.</summary>
    public ushort Port { get; init; }
}
