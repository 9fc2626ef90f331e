using Shunt.Model;
using Shunt.Proxy.Sync;

namespace Shunt.Proxy.Tests.Sync;

/// <summary>Keeps what it is told of one family.</summary>
internal sealed class RecordingObserver(IpFamily family = IpFamily.IPv4) : ISyncObserver
{
    public int Requests { get; private set; }

    public List<SyncReport> Reports { get; } = [];

    public List<bool> FailuresThatWereFull { get; } = [];

    public List<int> Verifications { get; } = [];

    public void Requested(IpFamily of) => Requests += of == family ? 1 : 0;

    public void Succeeded(SyncReport report)
    {
        if (report.Family == family) Reports.Add(report);
    }

    public void Failed(IpFamily of, bool isFull, TimeSpan elapsed)
    {
        if (of == family) FailuresThatWereFull.Add(isFull);
    }

    public void Verified(IpFamily of, int drifted)
    {
        if (of == family) Verifications.Add(drifted);
    }
}
