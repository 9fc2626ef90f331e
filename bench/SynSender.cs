using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Shunt.Model;

namespace Shunt.Bench;

/// <summary>
/// Sends the first packets of connections, whole Ethernet frames. The kernel takes each through the router and out at the other end before the
/// call that sends it returns.
/// </summary>
internal sealed class SynSender : IDisposable
{
    private const int FrameLength = 14 + 20 + 20;
    private const int FirstPort = 1024;

    private readonly Socket _socket = new(AddressFamily.Packet, SocketType.Raw, 0); // receives nothing
    private readonly byte[] _routerAddress;
    private byte[] _frames = [];
    private uint _flow;

    /// <summary>A sender in the calling thread's network namespace.</summary>
    /// <param name="device">The number of the device it sends from.</param>
    /// <param name="routerAddress">The router's hardware address.</param>
    public SynSender(int device, byte[] routerAddress)
    {
        _routerAddress = routerAddress;
        _socket.Bind(new LinkAddress(device));
    }

    /// <summary>Sends the first packets of so many connections, each of its own.</summary>
    /// <returns>How long the kernel took for one, in milliseconds.</returns>
    public double Send(IpAddr to, int count)
    {
        if (_frames.Length != count * FrameLength) _frames = new byte[count * FrameLength];
        for (var i = 0; i < count; i++) Write(_frames.AsSpan(i * FrameLength, FrameLength), to, _flow++);
        var start = Stopwatch.GetTimestamp();
        for (var at = 0; at < _frames.Length; at += FrameLength) _socket.Send(_frames.AsSpan(at, FrameLength));
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds / count;
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private void Write(Span<byte> frame, IpAddr to, uint flow)
    {
        frame.Clear();
        _routerAddress.CopyTo(frame);
        frame[6] = 2; // some sender's own
        BinaryPrimitives.WriteUInt16BigEndian(frame[12..], 0x0800);

        var ip = frame[14..34];
        ip[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(ip[2..], 40);
        ip[8] = 64;
        ip[9] = 6;
        var ports = ushort.MaxValue - FirstPort;
        BinaryPrimitives.WriteUInt32BigEndian(ip[12..], 0x0AFE_0001 + flow / (uint)ports); // 10.254.0.1 and up: local pods
        to.WriteBytes(ip[16..]);
        BinaryPrimitives.WriteUInt16BigEndian(ip[10..], Checksum(ip, 0));

        var tcp = frame[34..];
        BinaryPrimitives.WriteUInt16BigEndian(tcp, (ushort)(FirstPort + flow % ports));
        BinaryPrimitives.WriteUInt16BigEndian(tcp[2..], 80);
        BinaryPrimitives.WriteUInt32BigEndian(tcp[4..], flow * 2654435761);
        tcp[12] = 0x50;
        tcp[13] = 2; // SYN
        BinaryPrimitives.WriteUInt16BigEndian(tcp[14..], 64240);
        BinaryPrimitives.WriteUInt16BigEndian(tcp[16..], Checksum(tcp, Sum(ip[12..]) + 6 + 20));
    }

    private static ushort Checksum(ReadOnlySpan<byte> bytes, uint start)
    {
        var sum = Sum(bytes) + start;
        while (sum > ushort.MaxValue) sum = (sum & ushort.MaxValue) + (sum >> 16);
        return (ushort)~sum;
    }

    private static uint Sum(ReadOnlySpan<byte> bytes)
    {
        uint sum = 0;
        for (var i = 0; i < bytes.Length; i += 2) sum += BinaryPrimitives.ReadUInt16BigEndian(bytes[i..]);
        return sum;
    }

    /// <summary>A device, as sockaddr_ll has it; netpacket/packet.h.</summary>
    private sealed class LinkAddress(int device) : EndPoint
    {
        public override AddressFamily AddressFamily => AddressFamily.Packet;

        public override SocketAddress Serialize()
        {
            var address = new SocketAddress(AddressFamily.Packet, 20);
            Span<byte> number = stackalloc byte[4];
            BitConverter.TryWriteBytes(number, device);
            for (var i = 0; i < number.Length; i++) address[4 + i] = number[i];
            return address;
        }
    }
}
