using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Shunt.Netlink.Interop;

namespace Shunt.Netlink.Tests.Interop;

public sealed class LayoutTests
{
    [Fact]
    public void The_structures_have_the_kernels_sizes()
    {
        Assert.Equal(16, Unsafe.SizeOf<MessageHeader>());
        Assert.Equal(4, Unsafe.SizeOf<AttributeHeader>());
        Assert.Equal(12, Unsafe.SizeOf<SockAddrNetlink>());
        Assert.Equal(16, Unsafe.SizeOf<TimeVal>());
        Assert.Equal(256, Unsafe.SizeOf<StatX>());
    }

    [Theory]
    [InlineData(nameof(MessageHeader.Length), 0)]
    [InlineData(nameof(MessageHeader.Type), 4)]
    [InlineData(nameof(MessageHeader.Flags), 6)]
    [InlineData(nameof(MessageHeader.Sequence), 8)]
    [InlineData(nameof(MessageHeader.PortId), 12)]
    public void The_message_header_has_its_fields_where_the_kernel_has_them(string field, int offset) =>
        Assert.Equal(offset, Marshal.OffsetOf<MessageHeader>(field));

    [Theory]
    [InlineData(nameof(SockAddrNetlink.Family), 0)]
    [InlineData(nameof(SockAddrNetlink.PortId), 4)]
    [InlineData(nameof(SockAddrNetlink.Groups), 8)]
    public void The_address_has_its_fields_where_the_kernel_has_them(string field, int offset) =>
        Assert.Equal(offset, Marshal.OffsetOf<SockAddrNetlink>(field));

    [Fact]
    public void A_duration_is_split_into_seconds_and_microseconds()
    {
        var value = new TimeVal(TimeSpan.FromMilliseconds(2500));
        Assert.Equal(2, value.Seconds);
        Assert.Equal(500_000, value.Microseconds);
    }
}
