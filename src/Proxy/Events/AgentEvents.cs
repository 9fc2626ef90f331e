using Shunt.Model;

namespace Shunt.Proxy.Events;

/// <summary>What the agent reports as events: kube-proxy's, with its reasons and actions, and two of its own. For any thread.</summary>
/// <param name="recorder">Takes them.</param>
/// <param name="nodeName">The node most of them are about.</param>
internal sealed class AgentEvents(IEventRecorder recorder, string nodeName)
{
    private const string StartKubeProxy = "StartKubeProxy";
    private const string SyncRules = "SyncProxyRules";

    /// <summary>The agent begins to serve.</summary>
    public void Starting() => recorder.Record(new ClusterEvent
    {
        Regarding = EventSubject.Node(nodeName),
        Reason = "Starting",
        Action = StartKubeProxy,
    });

    /// <summary>The health server cannot start, and the agent ends for it (<c>--bind-address-hard-fail</c>).</summary>
    public void FailedToStartProxierHealthcheck(string error) => FailedToStart("FailedToStartProxierHealthcheck", error);

    /// <summary>The metrics server cannot start, and the agent ends for it (<c>--bind-address-hard-fail</c>).</summary>
    public void FailedToStartMetricServer(string error) => FailedToStart("FailedToStartMetricServer", error);

    /// <summary>The health-check port of a Service cannot be opened: its load balancer will take this node for one without endpoints.</summary>
    public void FailedToStartServiceHealthcheck(string ns, string name, string note) => recorder.Record(new ClusterEvent
    {
        Regarding = EventSubject.Service(ns, name),
        IsWarning = true,
        Reason = "FailedToStartServiceHealthcheck",
        Action = "Listen",
        Note = note,
    });

    /// <summary>The kernel refuses the rules of a Service port; it stays as it was, and all others are served.</summary>
    public void ServiceRefused(ServicePortName service, IpFamily family, string reason) => recorder.Record(new ClusterEvent
    {
        Regarding = EventSubject.Service(service.Namespace, service.Name),
        IsWarning = true,
        Reason = "ServiceRefused",
        Action = SyncRules,
        Note = $"node {nodeName}: the kernel refuses the {family} rules of {service}/{service.Protocol.ToApiName()}, which stay as they were "
            + $"and are tried again later: {reason}",
    });

    /// <summary>Somebody else changed rules that are the agent's, and they were put right again.</summary>
    public void RulesRepaired(string mode, IpFamily family) => recorder.Record(new ClusterEvent
    {
        Regarding = EventSubject.Node(nodeName),
        IsWarning = true,
        Reason = "RulesRepaired",
        Action = SyncRules,
        Note = $"somebody else changed {family} {mode} rules of Services; they have been repaired",
    });

    private void FailedToStart(string reason, string error) => recorder.Record(new ClusterEvent
    {
        Regarding = EventSubject.Node(nodeName),
        IsWarning = true,
        Reason = reason,
        Action = StartKubeProxy,
        Note = error,
    });
}
