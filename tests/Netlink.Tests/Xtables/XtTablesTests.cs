using Shunt.Netlink.Netfilter;
using Shunt.Netlink.Xtables;
using Shunt.Testing;
using Shunt.Testing.Network;

namespace Shunt.Netlink.Tests.Xtables;

[Trait("needs", "root")]
public sealed class XtTablesTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(NetfilterFamily.NFPROTO_IPV4, "iptables-legacy", 3 + 1)]
    [InlineData(NetfilterFamily.NFPROTO_IPV6, "ip6tables-legacy", 3 + 1)]
    public async Task A_table_that_is_written_back_is_the_same_table(NetfilterFamily family, string program, int entries)
    {
        await using var at = await StartAsync();
        using var tables = at.Net.Run(() => XtTables.Open(family));
        Assert.Equal(entries, tables.GetInfo("filter").Entries);
        await RunAsync(at, $"{program}-restore", "-c", "*filter\n:A - [0:0]\n[3:300] -A INPUT -p tcp -m limit --limit 5/min -j A\n[4:400] -A A -j RETURN\nCOMMIT\n");
        var before = await SaveAsync(at, program);

        using var blob = tables.Read("filter", out var info);
        using var old = new XtCounters(info.Entries);
        Assert.Equal(NetlinkErrno.None, tables.Replace("filter", blob, info, old));

        Assert.Equal(info, tables.GetInfo("filter"));
        Assert.Equal([new(3, 300), default], old.Values[..2].ToArray());
        Assert.Contains("[0:0] -A INPUT", await SaveAsync(at, program), StringComparison.Ordinal);
        Assert.Equal(NetlinkErrno.None, tables.AddCounters("filter", old));
        Assert.Equal(before, await SaveAsync(at, program));
    }

    [Fact]
    public async Task Another_number_of_entries_than_was_thought_is_told()
    {
        await using var at = await StartAsync();
        using var tables = at.Net.Run(static () => XtTables.Open(NetfilterFamily.NFPROTO_IPV4));
        using var blob = tables.Read("nat", out var info);
        await RunAsync(at, "iptables-legacy", "-t", "nat", "-A", "OUTPUT", "-j", "ACCEPT");
        using var old = new XtCounters(info.Entries);

        Assert.Equal(NetlinkErrno.EAGAIN, tables.Replace("nat", blob, info, old));
        Assert.Equal(NetlinkErrno.EINVAL, tables.AddCounters("nat", old));

        Assert.Equal(info.Entries + 1, tables.GetInfo("nat").Entries);
    }

    [Fact]
    public async Task What_is_no_table_is_refused_and_nothing_is_done()
    {
        await using var at = await StartAsync();
        using var tables = at.Net.Run(static () => XtTables.Open(NetfilterFamily.NFPROTO_IPV4));
        using var blob = tables.Read("nat", out var info);
        blob.Entries[blob.Length / 2] ^= 0xFF;
        blob.Entries.Slice(88, 8).Fill(0xFF);
        using var old = new XtCounters(info.Entries);

        Assert.Equal(NetlinkErrno.EINVAL, tables.Replace("nat", blob, info, old));

        Assert.Equal(info, tables.GetInfo("nat"));
    }

    [Fact]
    public async Task A_table_that_does_not_exist_is_named()
    {
        await using var at = await StartAsync();
        using var tables = at.Net.Run(static () => XtTables.Open(NetfilterFamily.NFPROTO_IPV4));

        var failure = Assert.Throws<NetlinkException>(() => tables.GetInfo("no-such-table"));

        Assert.Equal(NetlinkErrno.ENOENT, failure.Errno);
        Assert.Contains("no-such-table", failure.Message, StringComparison.Ordinal);
    }

    private static Task<ScratchNamespace> StartAsync()
    {
        Root.SkipUnlessAvailable("iptables-legacy");
        return ScratchNamespace.CreateAsync("xtables", Ct);
    }

    /// <summary>Runs a program inside; the last argument of one that reads its input is the input.</summary>
    private static async Task RunAsync(ScratchNamespace at, string program, params string[] arguments)
    {
        var reads = program.EndsWith("-restore", StringComparison.Ordinal);
        (await at.RunAsync(program, reads ? arguments[..^1] : arguments, reads ? arguments[^1] : null, Ct)).EnsureSuccess();
    }

    private static async Task<string> SaveAsync(ScratchNamespace at, string program) => string.Join('\n',
        (await at.RunAsync($"{program}-save", ["-c"], null, Ct)).EnsureSuccess().Output.Split('\n').Where(static line => !line.StartsWith('#')));
}
