using Shunt.Netlink.Xtables;

namespace Shunt.Netlink.Tests.Xtables;

public sealed class XtablesLockTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("shunt-lock");

    private string File => Path.Combine(_directory.FullName, "xtables.lock");

    [Fact]
    public void One_at_a_time_has_it()
    {
        using var ours = XtablesLock.Open(File);
        using var theirs = XtablesLock.Open(File);

        Assert.True(ours.TryAcquire());
        Assert.False(theirs.TryAcquire());
        ours.Release();
        Assert.True(theirs.TryAcquire());
        Assert.False(ours.TryAcquire());
    }

    [Fact]
    public void The_holder_is_known_by_name()
    {
        using var ours = XtablesLock.Open(File);
        using var theirs = XtablesLock.Open(File);
        Assert.Null(theirs.FindHolder());

        ours.TryAcquire();

        Assert.Equal(Environment.ProcessId, theirs.FindHolder()?.Pid);
        Assert.Contains("Netlink.Tests", theirs.FindHolder()?.Command ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public void Whoever_else_opens_or_closes_it_is_noticed_once()
    {
        using var ours = XtablesLock.Open(File);
        Assert.False(ours.WasUsedByOthers());
        Assert.True(ours.TryAcquire());
        ours.Release();
        Assert.False(ours.WasUsedByOthers());

        var theirs = XtablesLock.Open(File);
        Assert.True(ours.WasUsedByOthers());
        Assert.False(ours.WasUsedByOthers());

        theirs.Dispose();
        Assert.True(ours.WasUsedByOthers());
        Assert.False(ours.WasUsedByOthers());
    }

    [Fact]
    public void Another_file_in_its_place_is_the_lock_from_then_on()
    {
        using var ours = XtablesLock.Open(File);
        System.IO.File.Delete(File);
        using var theirs = XtablesLock.Open(File);
        Assert.True(theirs.TryAcquire());

        Assert.False(ours.TryAcquire());
        theirs.Release();
        Assert.True(ours.TryAcquire());
        Assert.True(ours.WasUsedByOthers());
        Assert.False(theirs.TryAcquire());
        ours.Release();
        Assert.False(ours.WasUsedByOthers());
    }

    [Fact]
    public void A_file_that_cannot_be_made_is_named()
    {
        var nowhere = Path.Combine(_directory.FullName, "none", "xtables.lock");

        var failure = Assert.Throws<NetlinkException>(() => XtablesLock.Open(nowhere));

        Assert.Equal(NetlinkErrno.ENOENT, failure.Errno);
        Assert.Contains(nowhere, failure.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _directory.Delete(recursive: true);
}
