using System.Collections.Immutable;
using Shunt.Model;

namespace Shunt.Backends;

/// <summary>
/// Every mode, in four steps: compile, diff, apply, remember. What is remembered is the last program the kernel said yes to; after any failure
/// it is forgotten, and the next plan reads the kernel. Start-up, taking over from kube-proxy, repair after a flush and the change of one
/// endpoint are this one path.
/// </summary>
/// <typeparam name="TProgram">The mode's program.</typeparam>
/// <typeparam name="TDelta">The mode's transaction.</typeparam>
public sealed class Dataplane<TProgram, TDelta> : IDataplane
    where TProgram : class, IProgram<TDelta>
    where TDelta : class, IDelta<TDelta>
{
    /// <summary>With more refusals than this it is the kernel that is wrong, not what it is given.</summary>
    private const int MaxRefusals = 64;

    /// <summary>A log line has room for no more.</summary>
    private const int DescribedOfDrift = 8;

    /// <summary>That of no snapshot, nor of nothing.</summary>
    private const long NoVersion = -1;

    private readonly ICompiler<TProgram> _compiler;
    private readonly IDiffer<TProgram, TDelta> _differ;
    private readonly IKernel<TProgram, TDelta> _kernel;

    private TProgram? _observed;
    private long _observedVersion;
    private Repair? _repair;

    /// <summary>A dataplane that knows nothing about the kernel yet.</summary>
    public Dataplane(
        string name, IpFamily family, ICompiler<TProgram> compiler, IDiffer<TProgram, TDelta> differ, IKernel<TProgram, TDelta> kernel)
    {
        Name = name;
        Family = family;
        _compiler = compiler;
        _differ = differ;
        _kernel = kernel;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public IpFamily Family { get; }

    /// <inheritdoc/>
    public async ValueTask<Plan> PlanAsync(DesiredState desired, CancellationToken ct)
    {
        if (_observed is { } known && desired.Delta.BaseVersion == _observedVersion)
        {
            var next = _compiler.Compile(desired, known);
            return new Transition(this, desired.Version, known, next, _differ.Diff(known, next, desired.Delta.Changed.AsSpan())) { IsFromMemory = true };
        }

        if (_repair is { } repair && desired.Delta.BaseVersion == repair.Version && desired.Delta.Changed.IsEmpty)
        {
            return new Transition(this, desired.Version, repair.Found, repair.Wanted, repair.Delta) { IsFromMemory = true };
        }

        var observed = _observed ?? await _kernel.ReadAsync(ct);
        var wanted = _compiler.Adopt(desired, observed);
        return new Transition(this, desired.Version, observed, wanted, _differ.Diff(observed, wanted)) { IsFromMemory = _observed is not null };
    }

    /// <inheritdoc/>
    public async ValueTask<Drift> VerifyAsync(DesiredState desired, CancellationToken ct)
    {
        _repair = null;
        var found = await _kernel.ReadAsync(ct);
        var wanted = _observedVersion == desired.Version && _observed is { } inForce ? inForce : _compiler.Adopt(desired, found);
        var delta = _differ.Diff(found, wanted);
        if (delta.IsEmpty) return new Drift([]);

        // What is there is known now, and it is no snapshot: the next plan needs not read again, and if nothing else changed, not compare either.
        _observed = found;
        _observedVersion = NoVersion;
        _repair = new Repair(desired.Version, found, wanted, delta);
        return new Drift(delta.Describe(DescribedOfDrift)) { Count = delta.Count };
    }

    /// <inheritdoc/>
    public async ValueTask<bool> IsIntactAsync(CancellationToken ct)
    {
        if (_observed is not { } expected) return true;
        if (await _kernel.IsIntactAsync(expected, ct)) return true;
        _observed = null;
        _repair = null;
        return false;
    }

    /// <inheritdoc/>
    public async ValueTask CleanupAsync(CancellationToken ct)
    {
        _observed = null;
        _repair = null;
        await _kernel.CleanupAsync(ct);
    }

    private async ValueTask<ApplyResult> ApplyAsync(Transition plan, CancellationToken ct)
    {
        _observed = null;
        _repair = null;
        var (observed, delta) = (plan.Observed, plan.Delta);
        long sent = 0;
        if (plan.IsFromMemory && !delta.IsEmpty)
        {
            var answer = await _kernel.ApplyAsync(delta, ct);
            sent = answer.BytesSent;

            // Perhaps nobody's rules are bad, and somebody else changed what we remember: compare with what is really there.
            if (answer.Refused is null) return Remember(plan, plan.Wanted, [], sent);
            observed = await _kernel.ReadAsync(ct);
            delta = _differ.Diff(observed, plan.Wanted);
        }

        if (delta.IsEmpty) return Remember(plan, plan.Wanted, [], sent);
        var refusals = ImmutableArray.CreateBuilder<Refusal>();
        var (sentNow, refused) = await ApplyAsync(delta, refusals, ct);
        var inForce = refused is null ? plan.Wanted : _differ.Without(observed, plan.Wanted, refused);
        return Remember(plan, inForce, refusals.ToImmutable(), sent + sentNow);
    }

    private ApplyResult Remember(Transition plan, TProgram inForce, ImmutableArray<Refusal> refusals, long sent)
    {
        _observed = inForce;
        _observedVersion = plan.Version;
        return new ApplyResult(refusals, sent) { Tables = inForce.Count(plan.Delta) };
    }

    /// <summary>Applies a transaction; a refused one is halved until the culprits are alone. Gives what was sent and what was refused.</summary>
    private async ValueTask<(long Sent, TDelta? Refused)> ApplyAsync(TDelta delta, ImmutableArray<Refusal>.Builder refusals, CancellationToken ct)
    {
        var answer = await _kernel.ApplyAsync(delta, ct);
        if (answer.Refused is not { } refused) return (answer.BytesSent, null);
        if (refused.Count == 1)
        {
            if (refused.IsEssential) throw new KernelException(answer.Reason);
            if (refused.Owner is { } owner) refusals.Add(new Refusal(owner, answer.Reason));
            if (refusals.Count > MaxRefusals) throw new KernelException($"more than {MaxRefusals} service ports were refused, the last because of: {answer.Reason}");
            return (answer.BytesSent, refused);
        }

        var (first, rest) = refused.Split();
        var (sentFirst, refusedFirst) = await ApplyAsync(first, refusals, ct);
        var (sentRest, refusedRest) = await ApplyAsync(rest, refusals, ct);
        var all = refusedFirst is null ? refusedRest : refusedRest is null ? refusedFirst : refusedFirst.Concat(refusedRest);
        return (answer.BytesSent + sentFirst + sentRest, all);
    }

    /// <summary>What a verification found, and what would make up for it.</summary>
    private sealed record Repair(long Version, TProgram Found, TProgram Wanted, TDelta Delta);

    private sealed class Transition(Dataplane<TProgram, TDelta> owner, long version, TProgram observed, TProgram wanted, TDelta delta) : Plan
    {
        /// <summary>What is there was remembered, not read.</summary>
        public bool IsFromMemory { get; init; }

        public long Version => version;

        public TProgram Observed => observed;

        public TProgram Wanted => wanted;

        public TDelta Delta => delta;

        public override bool IsEmpty => delta.IsEmpty;

        public override ImmutableArray<ServiceChange> Changes => delta.Describe(int.MaxValue);

        public override void WriteTo(TextWriter output) => delta.WriteTo(output);

        public override ValueTask<ApplyResult> ApplyAsync(CancellationToken ct) => owner.ApplyAsync(this, ct);
    }
}
