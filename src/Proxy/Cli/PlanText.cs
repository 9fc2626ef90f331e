using Shunt.Backends;

namespace Shunt.Proxy.Cli;

/// <summary>A plan for people: which Service ports change, then rule by rule how, then one line that sums it up.</summary>
internal static class PlanText
{
    private const string Shared = "(shared by all services)";

    /// <summary>Prints the plans of all families.</summary>
    public static void Write(IReadOnlyList<FamilyPlan> plans, TextWriter output)
    {
        if (plans.All(static plan => plan.Plan.IsEmpty))
        {
            output.WriteLine("No changes. The kernel is as desired.");
            return;
        }

        var width = plans.SelectMany(static plan => plan.Plan.Changes).Select(static change => Name(change).Length).DefaultIfEmpty().Max();
        output.WriteLine("Services:");
        foreach (var plan in plans)
        {
            foreach (var change in plan.Plan.Changes)
            {
                output.WriteLine($"  {PlanCounts.Sign(change)} {Name(change).PadRight(width)}  {plan.Family}  {Summary(change)}");
            }
        }

        output.WriteLine();
        output.WriteLine("Rules:");
        foreach (var plan in plans)
        {
            foreach (var change in plan.Plan.Changes) WriteRules(plan, change, output);
        }

        var counts = PlanCounts.Of(plans);
        output.WriteLine();
        output.WriteLine($"Plan: {counts.ToAdd} to add, {counts.ToRemove} to remove, {counts.ServicePorts} service ports changed");
    }

    private static void WriteRules(FamilyPlan plan, ServiceChange change, TextWriter output)
    {
        output.WriteLine($"  {Name(change)} ({plan.Family})");
        foreach (var rule in change.Removed) output.WriteLine($"    - {rule}");
        foreach (var rule in change.Added) output.WriteLine($"    + {rule}");
    }

    private static string Name(ServiceChange change) => change.Service.Length == 0 ? Shared : change.Service;

    private static string Summary(ServiceChange change) =>
        change.Removed.IsEmpty ? $"{change.Added.Length} to add"
        : change.Added.IsEmpty ? $"{change.Removed.Length} to remove"
        : $"{change.Added.Length} to add, {change.Removed.Length} to remove";
}
