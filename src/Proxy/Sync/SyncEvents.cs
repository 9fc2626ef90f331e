using Shunt.Model;
using Shunt.Proxy.Events;

namespace Shunt.Proxy.Sync;

/// <summary>Reports as events what of syncs somebody must look after: Service ports that the kernel refuses, and rules that others changed.</summary>
internal sealed class SyncEvents(AgentEvents events, string mode) : ISyncObserver
{
    /// <inheritdoc/>
    public void Succeeded(SyncReport report)
    {
        foreach (var refusal in report.Result.Refused) events.ServiceRefused(refusal.Service, report.Family, refusal.Reason);
    }

    /// <inheritdoc/>
    public void Verified(IpFamily family, int drifted)
    {
        if (drifted > 0) events.RulesRepaired(mode, family);
    }
}
