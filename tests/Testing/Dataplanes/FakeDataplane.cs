using System.Collections.Immutable;
using Shunt.Backends;
using Shunt.Model;

namespace Shunt.Testing.Dataplanes;

/// <summary>
/// A dataplane whose kernel is a dictionary. As the real one, it trusts a snapshot's delta when that is relative to what it remembers, forgets
/// after a failure, and refuses single Service ports when told to. With a seed it fails now and then, half-way too.
/// </summary>
public sealed class FakeDataplane(IpFamily family, int? faultSeed = null, double faultRate = 0.1) : IDataplane
{
    private readonly Random? _faults = faultSeed is { } seed ? new Random(seed) : null;
    private Dictionary<ServicePortName, ServiceEndpoints>? _remembered;
    private long _version;
    private bool _flushed;

    public string Name => "iptables";

    public IpFamily Family => family;

    /// <summary>What is in force.</summary>
    public Dictionary<ServicePortName, ServiceEndpoints> Kernel { get; private set; } = [];

    /// <summary>What the kernel will not take, and why.</summary>
    public Dictionary<ServicePortName, string> Refuses { get; } = [];

    /// <summary>Every operation fails.</summary>
    public bool IsBroken { get; set; }

    /// <summary>How often it was asked for a plan.</summary>
    public int Plans { get; private set; }

    /// <summary>The Service ports of each transaction that was tried, empty ones not counted.</summary>
    public List<ImmutableArray<ServicePortName>> Transactions { get; } = [];

    /// <summary>How often it looked whether the rules are there.</summary>
    public int Checks { get; private set; }

    /// <summary>How often it read the kernel to compare.</summary>
    public int Verifications { get; private set; }

    /// <summary>How many operations failed by chance.</summary>
    public int Faults { get; private set; }

    /// <summary>Somebody else removes everything.</summary>
    public void Flush()
    {
        Kernel = [];
        _flushed = true;
    }

    public ValueTask<Plan> PlanAsync(DesiredState desired, CancellationToken ct)
    {
        Plans++;
        MayFail("plan");
        var observed = _remembered ?? Kernel;
        var names = _remembered is not null && desired.Delta.BaseVersion == _version
            ? desired.Delta.Changed
            : [.. observed.Keys.Union(desired.Services.Keys).Order()];
        ImmutableArray<ServicePortName> changes =
            [.. names.Where(name => !Equals(observed.GetValueOrDefault(name), desired.Services.GetValueOrDefault(name)))];
        return ValueTask.FromResult<Plan>(new FakePlan(this, desired, new(observed), changes));
    }

    public ValueTask<Drift> VerifyAsync(DesiredState desired, CancellationToken ct)
    {
        Verifications++;
        MayFail("verify");
        IReadOnlyDictionary<ServicePortName, ServiceEndpoints> wanted = _remembered is not null && _version == desired.Version ? _remembered : desired.Services;
        var differs = Kernel.Keys.Union(wanted.Keys).Order()
            .Where(name => !Equals(Kernel.GetValueOrDefault(name), wanted.GetValueOrDefault(name)));
        var drift = new Drift([.. differs.Select(static name => new ServiceChange(name.ToString(), [$"-A {name}"], []))]);
        if (!drift.IsEmpty) _remembered = null;
        return ValueTask.FromResult(drift);
    }

    public ValueTask<bool> IsIntactAsync(CancellationToken ct)
    {
        Checks++;
        MayFail("check");
        if (!_flushed) return ValueTask.FromResult(true);
        _flushed = false;
        _remembered = null;
        return ValueTask.FromResult(false);
    }

    public ValueTask CleanupAsync(CancellationToken ct)
    {
        Kernel = [];
        _remembered = null;
        return ValueTask.CompletedTask;
    }

    private void MayFail(string what)
    {
        var byChance = _faults?.NextDouble() < faultRate;
        if (byChance) Faults++;
        if (!byChance && !IsBroken) return;
        _remembered = null;
        throw new KernelException($"{what} fails because the test says so");
    }

    private ApplyResult Apply(DesiredState desired, Dictionary<ServicePortName, ServiceEndpoints> known, ImmutableArray<ServicePortName> changes)
    {
        _remembered = null;
        if (!changes.IsEmpty) Transactions.Add(changes);
        var refused = ImmutableArray.CreateBuilder<Refusal>();
        foreach (var name in changes)
        {
            MayFail("apply");
            if (Refuses.TryGetValue(name, out var reason))
            {
                refused.Add(new Refusal(name, reason));
                continue;
            }

            Set(Kernel, name, desired);
            Set(known, name, desired);
        }

        _remembered = known;
        _version = desired.Version;
        return new ApplyResult(refused.ToImmutable(), changes.Length * 100L);
    }

    private static void Set(Dictionary<ServicePortName, ServiceEndpoints> kernel, ServicePortName name, DesiredState desired)
    {
        if (desired.Services.TryGetValue(name, out var service)) kernel[name] = service;
        else kernel.Remove(name);
    }

    private sealed class FakePlan(
        FakeDataplane owner, DesiredState desired, Dictionary<ServicePortName, ServiceEndpoints> known, ImmutableArray<ServicePortName> changes) : Plan
    {
        public override bool IsEmpty => changes.IsEmpty;

        public override ImmutableArray<ServiceChange> Changes =>
            [.. changes.Select(static name => new ServiceChange(name.ToString(), [$"-A {name}"], []))];

        public override void WriteTo(TextWriter output) => output.WriteLine(string.Join('\n', changes));

        public override ValueTask<ApplyResult> ApplyAsync(CancellationToken ct) => ValueTask.FromResult(owner.Apply(desired, known, changes));
    }
}
