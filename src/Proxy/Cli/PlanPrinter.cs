namespace Shunt.Proxy.Cli;

/// <summary>Prints what <c>shunt plan</c> found, in the form asked for, and tells the exit code.</summary>
internal static class PlanPrinter
{
    /// <summary>The exit code when the kernel is as desired.</summary>
    public const int InSync = 0;

    /// <summary>The exit code when something would have to change.</summary>
    public const int HasChanges = 2;

    /// <summary>Prints the plans of all families.</summary>
    /// <returns>The exit code.</returns>
    public static int Print(IReadOnlyList<FamilyPlan> plans, PlanOutput form, TextWriter output)
    {
        switch (form)
        {
            case PlanOutput.Json:
                PlanJson.Write(plans, output);
                break;
            case PlanOutput.Restore:
                WriteTransactions(plans, output);
                break;
            default:
                PlanText.Write(plans, output);
                break;
        }

        output.Flush();
        return plans.All(static plan => plan.Plan.IsEmpty) ? InSync : HasChanges;
    }

    private static void WriteTransactions(IReadOnlyList<FamilyPlan> plans, TextWriter output)
    {
        foreach (var plan in plans)
        {
            if (plan.Plan.IsEmpty) continue;
            output.WriteLine($"# {plan.Family} ({plan.Mode})");
            plan.Plan.WriteTo(output);
        }
    }
}
