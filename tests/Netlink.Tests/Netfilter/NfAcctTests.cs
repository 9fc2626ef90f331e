using Shunt.Netlink.Netfilter;
using Shunt.Testing;
using Shunt.Testing.Network;

namespace Shunt.Netlink.Tests.Netfilter;

public sealed class NfAcctTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact, Trait("needs", "root")]
    public async Task A_counter_is_made_once_and_found_again()
    {
        Root.SkipUnlessAvailable();
        await using var scratch = await ScratchNamespace.CreateAsync("acct", Ct);
        SkipUnlessSupported(scratch);

        Assert.True(scratch.Net.Run(() => NfAcct.TryEnsure("ct_state_invalid_dropped_pkts")));
        Assert.True(scratch.Net.Run(() => NfAcct.TryEnsure("ct_state_invalid_dropped_pkts")));
        Assert.True(scratch.Net.Run(() => NfAcct.TryEnsure("localhost_nps_accepted_pkts")));

        Assert.Equal(
            [new NfAcctCounter("ct_state_invalid_dropped_pkts", 0, 0), new NfAcctCounter("localhost_nps_accepted_pkts", 0, 0)],
            scratch.Net.Run(NfAcct.List).Where(counter => counter.Name != "probe").OrderBy(counter => counter.Name, StringComparer.Ordinal));
    }

    [Fact, Trait("needs", "root")]
    public async Task Another_program_sees_the_counter_too()
    {
        Root.SkipUnlessAvailable("nfacct");
        await using var scratch = await ScratchNamespace.CreateAsync("acct", Ct);
        SkipUnlessSupported(scratch);

        scratch.Net.Run(() => NfAcct.TryEnsure("shunt_seen_by_others"));

        var listed = (await scratch.RunAsync("nfacct", ["list"], null, Ct)).EnsureSuccess();
        Assert.Contains("shunt_seen_by_others", listed.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_too_long_for_the_kernel_is_refused_before_the_kernel_takes_it_for_something_else() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => NfAcct.TryEnsure(new string('x', NfAcct.MaxNameLength + 1)));

    private static void SkipUnlessSupported(ScratchNamespace scratch)
    {
        if (!scratch.Net.Run(() => NfAcct.TryEnsure("probe"))) Assert.Skip("this kernel has no nfnetlink_acct");
    }
}
