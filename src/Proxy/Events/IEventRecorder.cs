namespace Shunt.Proxy.Events;

/// <summary>Takes events. For any thread; returns at once and never throws, whatever becomes of the event.</summary>
internal interface IEventRecorder
{
    /// <summary>Something happened.</summary>
    void Record(ClusterEvent e);
}
