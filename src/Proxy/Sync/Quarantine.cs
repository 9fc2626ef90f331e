using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Shunt.Backends;
using Shunt.Model;

namespace Shunt.Proxy.Sync;

/// <summary>
/// The Service ports that the kernel refused, for one family. Each stays as it last was in force, or absent if it never was, until it
/// changes or its time to be tried again has come; no other Service port waits for it.
/// </summary>
internal sealed class Quarantine
{
    private const int NamesInLog = 5;
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LastRetry = TimeSpan.FromMinutes(15);

    private readonly IpFamily _family;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly long _origin;
    private readonly Dictionary<ServicePortName, Entry> _entries = [];
    private DesiredState? _inForce;

    /// <summary>An empty one.</summary>
    public Quarantine(IpFamily family, TimeProvider time, ILogger logger)
    {
        _family = family;
        _time = time;
        _logger = logger;
        _origin = time.GetTimestamp();
    }

    /// <summary>The snapshot that was last settled; null before the first.</summary>
    public DesiredState? InForce => _inForce;

    /// <summary>The Service ports in it, in key order.</summary>
    public ImmutableArray<ServicePortName> Names => _entries.Count == 0 ? [] : [.. _entries.Keys.Order()];

    /// <summary>How long until the next of them should be tried again: zero when one should now, null when there is none.</summary>
    public TimeSpan? DueIn
    {
        get
        {
            if (_entries.Count == 0) return null;
            var wait = _entries.Values.Min(static entry => entry.RetryAt) - Now;
            return wait > TimeSpan.Zero ? wait : TimeSpan.Zero;
        }
    }

    private TimeSpan Now => _time.GetElapsedTime(_origin);

    /// <summary>
    /// The snapshot with every Service port that has to wait as it is in force. What is in here must be in the snapshot's delta; where it is
    /// not known what is in force, because the agent has just started, it is taken out of the delta, and the kernel's version stays.
    /// </summary>
    public DesiredState Hold(DesiredState built)
    {
        if (_entries.Count == 0) return built;
        var services = built.Services;
        var changed = built.Delta.Changed;
        foreach (var (name, entry) in _entries)
        {
            // A Service port that did not change is the same object.
            var isAnother = !ReferenceEquals(built.Services.GetValueOrDefault(name), entry.Refused);
            entry.Tried = isAnother || entry.RetryAt <= Now;
            if (entry.Tried) continue;
            if (!entry.IsKnown) changed = changed.Remove(name);
            else services = entry.InForce is { } inForce ? services.SetItem(name, inForce) : services.Remove(name);
        }

        return built with { Services = services, Delta = built.Delta with { Changed = changed } };
    }

    /// <summary>The snapshot, as <see cref="Hold"/> gave it, is in force, but for what was refused.</summary>
    public void Settle(DesiredState applied, ImmutableArray<Refusal> refusals)
    {
        foreach (var reason in refusals.GroupBy(static refusal => refusal.Reason))
        {
            var news = reason.Select(static refusal => refusal.Service).Distinct().Where(name => Add(name, reason.Key, applied)).ToList();
            if (news.Count > 0) Log.ServicePortsRefused(_logger, _family, news.Count, Listing(news), reason.Key);
        }

        if (_entries.Count > 0) ReleaseAllBut(refusals.Select(static refusal => refusal.Service).ToHashSet());
        _inForce = applied;
    }

    /// <summary>The snapshot could not be applied at all: what was tried in it because its time had come waits for its next time.</summary>
    public void Postpone()
    {
        foreach (var (name, entry) in _entries.ToArray())
        {
            if (!entry.Tried || entry.RetryAt > Now) continue;
            _entries[name] = entry with { RetryAt = Now + entry.Wait, Tried = false };
        }
    }

    /// <summary>Takes a Service port in, or leaves it in for longer. True when that is news.</summary>
    private bool Add(in ServicePortName name, string reason, DesiredState applied)
    {
        var refused = applied.Services.GetValueOrDefault(name);
        _entries.TryGetValue(name, out var before);
        var again = before is not null && ReferenceEquals(before.Refused, refused);
        var wait = again ? Double(before!.Wait) : FirstRetry; // again says that there is one
        _entries[name] = new Entry
        {
            Refused = refused,
            InForce = before is not null ? before.InForce : _inForce?.Services.GetValueOrDefault(name),
            IsKnown = before?.IsKnown ?? _inForce is not null,
            Reason = reason,
            Wait = wait,
            RetryAt = Now + wait,
        };
        return before?.Reason != reason;
    }

    private void ReleaseAllBut(HashSet<ServicePortName> refused)
    {
        foreach (var (name, entry) in _entries.ToArray())
        {
            if (!entry.Tried || refused.Contains(name)) continue;
            _entries.Remove(name);
            Log.ServicePortAccepted(_logger, _family, name);
        }
    }

    private static TimeSpan Double(TimeSpan wait) => wait * 2 < LastRetry ? wait * 2 : LastRetry;

    private static string Listing(List<ServicePortName> names)
    {
        var text = string.Join(", ", names.Take(NamesInLog).Select(static name => $"{name}/{name.Protocol.ToApiName()}"));
        return names.Count > NamesInLog ? $"{text} and {names.Count - NamesInLog} more" : text;
    }

    private sealed record Entry
    {
        /// <summary>What was refused; null when its removal was.</summary>
        public required ServiceEndpoints? Refused { get; init; }

        /// <summary>What the kernel has for it; null for nothing.</summary>
        public required ServiceEndpoints? InForce { get; init; }

        /// <summary>What is in force is known: it was put in force, or found absent, by this agent.</summary>
        public required bool IsKnown { get; init; }

        public required string Reason { get; init; }

        public required TimeSpan Wait { get; init; }

        public required TimeSpan RetryAt { get; init; }

        /// <summary>The snapshot that is being applied has it.</summary>
        public bool Tried { get; set; }
    }
}
