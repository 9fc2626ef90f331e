using System.Text;
using Shunt.Netlink.Netfilter;

namespace Shunt.Netlink.Tests.Netfilter;

public sealed class NftUserDataTests
{
    [Fact]
    public void A_comment_reads_back() => Assert.Equal("ns/web:http", Read(NftUserData.Comment("ns/web:http")));

    [Fact]
    public void A_comment_is_found_behind_other_things() => Assert.Equal("x", Read([0x5C, 2, 1, 2, .. NftUserData.Comment("x")]));

    [Fact]
    public void What_is_too_long_is_cut_to_what_nft_has_room_for() => Assert.Equal(127, Read(NftUserData.Comment(new string('a', 200))).Length);

    [Theory]
    [InlineData(new byte[0])]
    [InlineData(new byte[] { 0 })]
    [InlineData(new byte[] { 0, 9, 1 })]
    [InlineData(new byte[] { 1, 1, 0 })]
    public void Without_a_comment_there_is_none(byte[] userData) => Assert.Equal("", Read(userData));

    private static string Read(ReadOnlySpan<byte> userData) => Encoding.UTF8.GetString(NftUserData.ReadComment(userData));
}
