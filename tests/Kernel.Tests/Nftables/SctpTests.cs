using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Shunt.Kernel.Tests.Iptables;
using Shunt.Netlink.Interop;
using Shunt.Testing;
using Shunt.Testing.Agent;
using Shunt.Testing.Network;

namespace Shunt.Kernel.Tests.Nftables;

/// <summary>SCTP from end to end. Kernels often have no SCTP sockets, so both ends write their packets themselves.</summary>
[Trait("needs", "root")]
public sealed class SctpTests
{
    private const int Sctp = 132; // linux/in.h; .NET opens no socket for it
    private const int AF_INET = 2;
    private const byte Init = 1;
    private const byte InitAck = 2;
    private const int ClientPort = 40000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("10.96.0.1", 80)]
    [InlineData("198.51.100.2", 30080)]
    public async Task An_association_reaches_an_endpoint_and_its_answer_comes_from_the_service(string address, int port)
    {
        Root.SkipUnlessAvailable();
        await using var world = await NetworkNamespaces.CreateAsync(backends: 1, Ct);
        using var manifests = new Manifests();
        var backend = world.Backends[0];
        manifests.Write("all", Manifests.Service("sig", "10.96.0.1", "SCTP", "type: NodePort", 30080), Manifests.Slice("sig", "SCTP", backend.V4.ToString()));
        (await ShuntAgent.RunAsync(world.Node, ["run", "--once", .. manifests.Flags("nftables")], Ct)).EnsureSuccess();
        using var client = world.Pod.Namespace.Net.Run(Open);
        using var server = backend.Namespace.Net.Run(Open);

        await client.SendToAsync(Packet(ClientPort, port, Init), SocketFlags.None, new IPEndPoint(IPAddress.Parse(address), 0), Ct);
        var (from, asked) = await ReceiveAsync(server);
        Assert.Equal((8080, Init), (Port(asked, 2), asked[12]));
        Assert.Equal(Checksum(asked), BinaryPrimitives.ReadUInt32LittleEndian(asked.AsSpan(8)));

        await server.SendToAsync(Packet(8080, Port(asked, 0), InitAck), SocketFlags.None, new IPEndPoint(from, 0), Ct);
        var (answering, answer) = await ReceiveAsync(client);

        Assert.Equal(address, answering.ToString());
        Assert.Equal((port, ClientPort, InitAck), (Port(answer, 0), Port(answer, 2), answer[12]));
        Assert.Equal(Checksum(answer), BinaryPrimitives.ReadUInt32LittleEndian(answer.AsSpan(8)));
    }

    private static Socket Open() => new(Libc.Socket(AF_INET, Libc.SOCK_RAW | Libc.SOCK_CLOEXEC, Sctp)) { Blocking = false };

    /// <summary>A common header and one INIT or INIT ACK chunk (RFC 9260, section 3).</summary>
    private static byte[] Packet(int source, int destination, byte chunk)
    {
        var packet = new byte[12 + 20];
        BinaryPrimitives.WriteUInt16BigEndian(packet, (ushort)source);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)destination);
        if (chunk == InitAck) BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(4), 0x1234); // the tag the INIT asked for
        packet[12] = chunk;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(14), 20);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(16), 0x1234); // initiate tag
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(20), 65536); // receiver window
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(24), 1); // outbound streams
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(26), 1); // inbound streams
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(28), 1); // first sequence number
        BinaryPrimitives.WriteUInt32LittleEndian(packet.AsSpan(8), Checksum(packet));
        return packet;
    }

    private static int Port(byte[] packet, int at) => BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(at));

    /// <summary>CRC32c over the packet without its checksum (RFC 9260, appendix A).</summary>
    private static uint Checksum(byte[] packet)
    {
        var crc = uint.MaxValue;
        for (var i = 0; i < packet.Length; i++)
        {
            crc ^= i is >= 8 and < 12 ? (byte)0 : packet[i];
            for (var bit = 0; bit < 8; bit++) crc = (crc & 1) != 0 ? crc >> 1 ^ 0x82F63B78 : crc >> 1;
        }

        return ~crc;
    }

    private static async Task<(IPAddress From, byte[] Packet)> ReceiveAsync(Socket socket)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        limit.CancelAfter(Patience);
        var buffer = new byte[256];
        var received = await socket.ReceiveFromAsync(buffer, SocketFlags.None, new IPEndPoint(IPAddress.Any, 0), limit.Token);
        var header = (buffer[0] & 0xF) * 4; // IPv4 hands its own header over
        return (((IPEndPoint)received.RemoteEndPoint).Address, buffer[header..received.ReceivedBytes]);
    }
}
