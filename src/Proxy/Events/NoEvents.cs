namespace Shunt.Proxy.Events;

/// <summary>Without an API server there is nobody to tell.</summary>
internal sealed class NoEvents : IEventRecorder
{
    /// <inheritdoc/>
    public void Record(ClusterEvent e)
    {
    }
}
