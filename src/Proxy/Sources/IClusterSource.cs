using System.Threading.Channels;
using Shunt.Proxy.State;

namespace Shunt.Proxy.Sources;

/// <summary>
/// Where cluster state comes from: an API server or files. Every source first says <see cref="WatchEvent.Listed"/> once for each
/// <see cref="ObjectKind"/>, in any order, and from then on whatever changes.
/// </summary>
internal interface IClusterSource
{
    /// <summary>
    /// Writes events until cancelled, surviving whatever the other side does: an unreachable server or an unreadable file is logged and
    /// tried again.
    /// </summary>
    /// <param name="events">Bounded: writing waits when the reader is behind.</param>
    /// <param name="ct">Ends it.</param>
    Task RunAsync(ChannelWriter<WatchEvent> events, CancellationToken ct);
}
