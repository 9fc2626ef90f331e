using System.Text;
using Shunt.Netlink.Netfilter;
using Shunt.Testing;
using Shunt.Testing.Network;

namespace Shunt.Netlink.Tests.Netfilter;

/// <summary>A network namespace of a test's own with its nf_tables open; skips the test where there are none.</summary>
internal sealed class NftNamespace : IAsyncDisposable
{
    public const NetfilterFamily V4 = NetfilterFamily.NFPROTO_IPV4, V6 = NetfilterFamily.NFPROTO_IPV6;

    private readonly ScratchNamespace _scratch;

    private NftNamespace(ScratchNamespace scratch)
    {
        _scratch = scratch;
        Tables = Open(NftTables.Open);
    }

    public NftTables Tables { get; }

    public static async Task<NftNamespace> CreateAsync(CancellationToken ct, params string[] programs)
    {
        Root.SkipUnlessAvailable(programs);
        var created = new NftNamespace(await ScratchNamespace.CreateAsync("nft", ct));
        try
        {
            created.Tables.ReadGeneration();
            return created;
        }
        catch (NetlinkException)
        {
            await created.DisposeAsync();
            Assert.Skip("this kernel has no nf_tables");
            throw;
        }
    }

    /// <summary>A table "t" with the set "s" of four bytes, the map "m" of four bytes to four, and the chain "c".</summary>
    public static NftBatch Base(NetfilterFamily family = V4)
    {
        var batch = new NftBatch(family, "t");
        batch.AddTable([]);
        batch.AddSet(new NftSet { Name = "s", KeyType = 4, KeyLength = 4 });
        batch.AddSet(new NftSet { Name = "m", Flags = NftSetFlags.NFT_SET_MAP, KeyType = 4, KeyLength = 4, DataType = 4, DataLength = 4 });
        batch.AddChain("c", null);
        return batch;
    }

    public T Open<T>(Func<T> open) => _scratch.Net.Run(open);

    /// <summary>Puts a transaction on table "t" in force.</summary>
    public void Apply(Action<NftBatch> fill, NetfilterFamily family = V4)
    {
        var batch = new NftBatch(family, "t");
        fill(batch);
        Assert.Empty(Tables.Apply(batch));
    }

    /// <summary>Runs <c>nft</c> with commands.</summary>
    public async Task<string> NftAsync(string commands, CancellationToken ct) =>
        (await _scratch.RunAsync("nft", ["-f", "-"], commands, ct)).EnsureSuccess().Output;

    /// <summary>The elements of a set as "key: data comment", in order.</summary>
    public List<string> Elements(string set, NetfilterFamily family = V4)
    {
        var found = new List<string>();
        Tables.DumpElements(family, "t", set, found, Take);
        found.Sort(StringComparer.Ordinal);
        return found;
    }

    /// <summary>Takes an element as "key: data comment".</summary>
    public static void Take(List<string> to, NftElement element) => to.Add(
        $"{Convert.ToHexString(element.Key)}: {Convert.ToHexString(element.Data)} {Encoding.UTF8.GetString(NftUserData.ReadComment(element.UserData))}".TrimEnd());

    public async ValueTask DisposeAsync()
    {
        Tables.Dispose();
        await _scratch.DisposeAsync();
    }
}
