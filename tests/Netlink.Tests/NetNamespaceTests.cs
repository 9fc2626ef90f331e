using System.Net.NetworkInformation;
using Shunt.Testing;
using Shunt.Testing.Network;

namespace Shunt.Netlink.Tests;

public sealed class NetNamespaceTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public void A_namespace_that_is_not_there_is_named_in_the_error()
    {
        var error = Assert.Throws<NetlinkException>(() => NetNamespace.Open("shunt-no-such-namespace"));
        Assert.Equal(NetlinkErrno.ENOENT, error.Errno);
        Assert.Contains("/run/netns/shunt-no-such-namespace", error.Message, StringComparison.Ordinal);
    }

    [Fact, Trait("needs", "root")]
    public async Task Code_runs_inside_and_the_caller_stays_outside()
    {
        Root.SkipUnlessAvailable();
        await using var scratch = await ScratchNamespace.CreateAsync("enter", Ct);
        await scratch.IpAsync("link add shunt-only-here type veth peer name shunt-peer\n", Ct);

        static bool SeesLink() => NetworkInterface.GetAllNetworkInterfaces().Any(link => link.Name == "shunt-only-here");
        Assert.True(scratch.Net.Run(SeesLink));
        Assert.False(SeesLink());
    }

    [Fact, Trait("needs", "root")]
    public async Task An_exception_inside_reaches_the_caller_as_itself()
    {
        Root.SkipUnlessAvailable();
        await using var scratch = await ScratchNamespace.CreateAsync("throw", Ct);

        var error = Assert.Throws<NotSupportedException>(() => scratch.Net.Run(() => throw new NotSupportedException("from inside")));
        Assert.Equal("from inside", error.Message);
    }
}
