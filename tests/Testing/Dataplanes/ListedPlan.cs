using System.Collections.Immutable;
using Shunt.Backends;

namespace Shunt.Testing.Dataplanes;

/// <summary>A plan of given changes, for what prints plans.</summary>
public sealed class ListedPlan(params ServiceChange[] changes) : Plan
{
    public override bool IsEmpty => changes.Length == 0;

    public override ImmutableArray<ServiceChange> Changes => [.. changes];

    public override void WriteTo(TextWriter output)
    {
        foreach (var rule in changes.SelectMany(static change => change.Added)) output.WriteLine(rule);
    }

    public override ValueTask<ApplyResult> ApplyAsync(CancellationToken ct) => ValueTask.FromResult(new ApplyResult([], 0));
}
