using System.Text;
using Shunt.Netlink.Netfilter;

namespace Shunt.Netlink.Tests.Netfilter;

public sealed class NftUserDataTests
{
    [Fact]
    public void A_comment_has_its_type_its_length_and_a_zero_as_nft_writes_it() =>
        Assert.Equal("00" + "0B" + "6D617371756572616465" + "00", Convert.ToHexString(NftUserData.Comment("masquerade")));

    [Theory]
    [InlineData("")]
    [InlineData("default/web:http")]
    [InlineData("ä")]
    public void A_comment_is_read_back(string text) => Assert.Equal(text, Read(NftUserData.Comment(text)));

    [Fact]
    public void A_comment_that_is_too_long_is_cut()
    {
        var data = NftUserData.Comment(new string('x', 500));
        Assert.Equal((128, NftUserData.MaxCommentLength + 3), (data[1], data.Length));
        Assert.Equal(new string('x', NftUserData.MaxCommentLength), Read(data));
    }

    [Fact]
    public void A_comment_is_not_cut_within_a_character() =>
        Assert.Equal(new string('ä', 63), Read(NftUserData.Comment(new string('ä', 100))));

    [Fact]
    public void A_comment_is_found_behind_other_data() => Assert.Equal("hi", Read([7, 1, 9, 3, 0, 0, 3, (byte)'h', (byte)'i', 0]));

    [Theory]
    [InlineData("")]
    [InlineData("00")]
    [InlineData("0005616200")]
    [InlineData("0701FF")]
    public void What_is_no_comment_reads_as_none(string data) => Assert.Equal("", Read(Convert.FromHexString(data)));

    private static string Read(byte[] data) => Encoding.UTF8.GetString(NftUserData.ReadComment(data));
}
