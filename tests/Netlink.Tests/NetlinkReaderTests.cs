namespace Shunt.Netlink.Tests;

public sealed class NetlinkReaderTests
{
    [Fact]
    public void What_was_written_is_read_back()
    {
        var writer = new NetlinkWriter(new byte[128]);
        var message = writer.BeginMessage(0x0700, NetlinkFlags.NLM_F_MULTI, 9);
        writer.AddNetfilterHeader(family: 2, resourceId: 10);
        var nested = writer.BeginNested(5);
        writer.AddString(1, "name");
        writer.AddUInt64BigEndian(2, ulong.MaxValue - 1);
        writer.EndNested(nested);
        writer.EndMessage(message);

        var reader = new NetlinkReader(writer.Written);
        Assert.True(reader.TryRead(out var read));
        Assert.Equal(0x0700, read.Type);
        Assert.Equal(9u, read.Sequence);
        Assert.Equal(NetlinkFlags.NLM_F_MULTI, read.Flags);
        Assert.Equal("0200000A", Convert.ToHexString(read.Payload[..4]));

        var attributes = read.Attributes(4);
        Assert.True(attributes.TryRead(out var outer));
        Assert.Equal(5, outer.Type); // without the nested flag
        var inner = outer.Nested;
        Assert.True(inner.TryRead(out var name));
        Assert.Equal("name", name.AsString());
        Assert.True(inner.TryRead(out var number));
        Assert.Equal(ulong.MaxValue - 1, number.AsUInt64BigEndian());
        Assert.False(inner.TryRead(out _));
        Assert.False(attributes.TryRead(out _));
        Assert.False(reader.TryRead(out _));
    }

    [Fact]
    public void An_error_carries_its_errno_and_the_kernels_words()
    {
        var datagram = Convert.FromHexString(
            "30000000" + "0200" + "0003" + "05000000" + "00000000" // NLMSG_ERROR, CAPPED|ACK_TLVS
            + "FEFFFFFF" + "20000000000705060500000000000000" // -2, and the header of the request
            + "0B000100" + "626F6F6D2100" + "0000"); // NLMSGERR_ATTR_MSG
        var reader = new NetlinkReader(datagram);

        Assert.True(reader.TryRead(out var message));
        Assert.True(message.IsAcknowledgement);
        Assert.Equal(NetlinkErrno.ENOENT, message.Errno);
        Assert.Equal("boom!", message.ErrorText());
    }

    [Theory]
    [InlineData("1400")] // half a header
    [InlineData("FF000000000000000000000000000000")] // longer than the datagram
    [InlineData("00000000000000000000000000000000")] // shorter than its own header: would never end
    public void Bytes_that_are_no_whole_messages_are_refused(string hex) =>
        Assert.Throws<InvalidDataException>(() => new NetlinkReader(Convert.FromHexString(hex)).TryRead(out _));

    [Theory]
    [InlineData("FF000100")] // longer than its message
    [InlineData("00000100")] // shorter than its own header: would never end
    public void Bytes_that_are_no_whole_attributes_are_refused(string hex) =>
        Assert.Throws<InvalidDataException>(() => new NetlinkAttributes(Convert.FromHexString(hex)).TryRead(out _));
}
