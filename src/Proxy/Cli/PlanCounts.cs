using Shunt.Backends;

namespace Shunt.Proxy.Cli;

/// <summary>The numbers a plan is summed up by.</summary>
/// <param name="ToAdd">Rules that are new.</param>
/// <param name="ToRemove">Rules that go.</param>
/// <param name="ServicePorts">Service ports with any change; one that changes in both families counts once.</param>
internal readonly record struct PlanCounts(int ToAdd, int ToRemove, int ServicePorts)
{
    /// <summary>Sums up the plans of all families.</summary>
    public static PlanCounts Of(IReadOnlyList<FamilyPlan> plans)
    {
        var changes = plans.SelectMany(static plan => plan.Plan.Changes).ToList();
        return new PlanCounts(
            changes.Sum(static change => change.Added.Length),
            changes.Sum(static change => change.Removed.Length),
            changes.Where(static change => change.Service.Length > 0).Select(static change => change.Service).Distinct().Count());
    }

    /// <summary>One change in a sign: only additions, only removals, or both.</summary>
    public static char Sign(ServiceChange change) => change.Removed.IsEmpty ? '+' : change.Added.IsEmpty ? '-' : '~';
}
