using System.Collections.Immutable;
using Shunt.Backends;
using Shunt.Model;

namespace Shunt.Proxy.Sync;

/// <summary>A sync of one family that succeeded.</summary>
internal sealed record SyncReport
{
    private static readonly ImmutableSortedDictionary<ServicePortName, ServiceEndpoints> NoServices =
        ImmutableSortedDictionary<ServicePortName, ServiceEndpoints>.Empty;

    /// <summary>What is in force now, but for what <see cref="Result"/> says was refused.</summary>
    public required DesiredState Desired { get; init; }

    /// <summary>What was in force before; null at the first sync.</summary>
    public DesiredState? Previous { get; init; }

    /// <summary>What the dataplane says about it.</summary>
    public required ApplyResult Result { get; init; }

    /// <summary>How many Service ports the kernel refuses, at this sync or since an earlier one.</summary>
    public int Refused { get; init; }

    /// <summary>From its start to the kernel's answer.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>
    /// When the changes that came into force happened, for those EndpointSlices that say so
    /// (<c>endpoints.kubernetes.io/last-change-trigger-time</c>); the times since the last sync that succeeded, however many failed since.
    /// </summary>
    public ImmutableArray<DateTimeOffset> TriggerTimes { get; init; } = [];

    /// <summary>The family.</summary>
    public IpFamily Family => Desired.Family;

    /// <summary>It was relative to nothing: the first, or one after which everything had to be compared.</summary>
    public bool IsFull => Previous is null || Desired.Delta.BaseVersion == 0;

    /// <summary>
    /// Each Service port that is new (no <c>Before</c>), different, or gone (no <c>After</c>); ports that are the same object before and after are
    /// left out. Costs what the change costs, unless <see cref="IsFull"/>.
    /// </summary>
    public IEnumerable<(ServiceEndpoints? Before, ServiceEndpoints? After)> Changes()
    {
        var before = Previous?.Services ?? NoServices;
        foreach (var name in IsFull ? before.Keys : Desired.Delta.Changed)
        {
            var (old, current) = (before.GetValueOrDefault(name), Desired.Services.GetValueOrDefault(name));
            if (!ReferenceEquals(old, current)) yield return (old, current);
        }

        if (!IsFull) yield break;
        foreach (var (name, current) in Desired.Services)
        {
            if (!before.ContainsKey(name)) yield return (null, current);
        }
    }
}
