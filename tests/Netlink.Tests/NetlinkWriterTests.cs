using Shunt.Netlink.Netfilter;

namespace Shunt.Netlink.Tests;

public sealed class NetlinkWriterTests
{
    [Fact]
    public void The_request_for_a_counter_is_byte_for_byte_what_the_kernel_reads()
    {
        var writer = new NetlinkWriter(new byte[64]);
        NfAcct.WriteCreate(ref writer, "abcde", sequence: 7);

        Assert.Equal(
            "20000000" + "0007" + "0506" + "07000000" + "00000000" // length 32, type 7<<8|0, REQUEST|ACK|CREATE|EXCL, sequence, port
            + "00000000" // nfgenmsg: family, version, resource
            + "0A000100" + "616263646500" + "0000", // length 10, NFACCT_NAME, text with its zero, padding
            Convert.ToHexString(writer.Written));
    }

    [Fact]
    public void A_nested_attribute_is_flagged_and_counts_its_children()
    {
        var writer = new NetlinkWriter(new byte[64]);
        var nested = writer.BeginNested(3);
        writer.AddUInt32BigEndian(1, 0x0A000001);
        writer.AddBytes(2, [0xFF]);
        writer.EndNested(nested);

        Assert.Equal("14000380" + "08000100" + "0A000001" + "05000200" + "FF000000", Convert.ToHexString(writer.Written));
    }

    [Fact]
    public void Padding_is_cleared_in_a_buffer_that_was_used_before()
    {
        var buffer = new byte[16];
        buffer.AsSpan().Fill(0xEE);
        var writer = new NetlinkWriter(buffer);
        writer.AddBytes(1, [1, 2, 3, 4, 5]);

        Assert.Equal("0900010001020304" + "05000000", Convert.ToHexString(writer.Written));
    }

    [Fact]
    public void A_message_that_does_not_fit_is_an_error_and_not_an_overrun() =>
        Assert.Throws<InvalidOperationException>(() => new NetlinkWriter(new byte[8]).AddBytes(1, new byte[8]));

    [Fact]
    public void An_attribute_longer_than_its_length_field_is_an_error() =>
        Assert.Throws<InvalidOperationException>(() => new NetlinkWriter(new byte[100_000]).AddBytes(1, new byte[65_532]));
}
