using System.Globalization;
using Microsoft.Extensions.Logging;
using Shunt.Netlink;
using Shunt.Netlink.Xtables;

namespace Shunt.Backends.Iptables.LegacyVariant;

/// <summary>Waits for the lock that all who change x_tables agree on, but not for ever, and says who is in the way.</summary>
internal sealed class LegacyLock(XtablesLock inner, ILogger logger)
{
    private static readonly TimeProvider Time = TimeProvider.System;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>As long as iptables-restore is told to wait.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    /// <summary>Takes the lock. Give it back with <see cref="XtablesLock.Release"/>.</summary>
    /// <exception cref="KernelException">Somebody does not let go of it.</exception>
    public async ValueTask AcquireAsync(CancellationToken ct)
    {
        var start = Time.GetTimestamp();
        var warned = false;
        while (!TryAcquire())
        {
            var waited = Time.GetElapsedTime(start);
            if (waited >= Limit) throw new KernelException(string.Create(CultureInfo.InvariantCulture, $"{Holder()} has held {inner.Path} for {Limit.TotalSeconds} seconds"));
            if (!warned && waited >= Patience)
            {
                Log.WaitingForLock(logger, inner.Path, Holder());
                warned = true;
            }

            await Task.Delay(Pause, Time, ct);
        }
    }

    private string Holder() => inner.FindHolder()?.ToString() ?? "somebody";

    private bool TryAcquire()
    {
        try
        {
            return inner.TryAcquire();
        }
        catch (NetlinkException e)
        {
            throw new KernelException(e.Message, e);
        }
    }
}
