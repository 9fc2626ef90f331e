using Shunt.Proxy.Sync;

namespace Shunt.Proxy.Tests.Sync;

public sealed class HeapTrimmerTests
{
    private const int MuchWork = 64 << 20;

    [Fact]
    public void After_much_work_memory_is_given_back_once_and_after_more_again()
    {
        var trimmer = new HeapTrimmer();

        Work();
        Assert.True(trimmer.Idle());
        Assert.False(trimmer.Idle());
        while (!trimmer.Idle()) Work();
    }

    private static void Work()
    {
        for (var done = 0; done < MuchWork; done += 64 * 1024) GC.KeepAlive(new byte[64 * 1024]);
    }
}
