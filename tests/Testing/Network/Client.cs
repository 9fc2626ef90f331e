using System.Net;
using System.Net.Sockets;
using System.Text;
using Shunt.Model;
using Shunt.Netlink;

namespace Shunt.Testing.Network;

/// <summary>Opens flows to <see cref="EchoServer"/>s from inside a namespace.</summary>
public static class Client
{
    /// <summary>How long silence must last to be a DROP: longer than one retransmission of a SYN, with room for a busy machine.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromSeconds(2.5);

    /// <summary>Opens one flow.</summary>
    /// <param name="from">The namespace to come from.</param>
    /// <param name="to">Where to.</param>
    /// <param name="protocol">TCP or UDP.</param>
    /// <param name="source">The source address; the kernel chooses when null.</param>
    /// <param name="ct">Gives up.</param>
    public static async Task<FlowResult> ConnectAsync(
        NetNamespace from, IPEndPoint to, Protocol protocol, IPAddress? source, CancellationToken ct)
    {
        using var socket = from.Run(() => Open(to.AddressFamily, protocol));
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(ct);
        deadline.CancelAfter(Silence);
        try
        {
            if (source is not null) socket.Bind(new IPEndPoint(source, 0));
            await socket.ConnectAsync(to, deadline.Token);
            if (protocol == Protocol.Udp) await socket.SendAsync("?"u8.ToArray(), SocketFlags.None, deadline.Token);
            return await ReadAnswerAsync(socket, deadline.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return new FlowResult(FlowOutcome.Drop, "", "", OwnSource(socket));
        }
        catch (SocketException e) when (Classify(e.SocketErrorCode) is { } outcome)
        {
            return new FlowResult(outcome, "", "", OwnSource(socket));
        }
    }

    /// <summary>Opens several flows, one after the other; returns how often each result was met.</summary>
    public static async Task<Dictionary<FlowResult, int>> ConnectManyAsync(
        int count, NetNamespace from, IPEndPoint to, Protocol protocol, IPAddress? source, CancellationToken ct)
    {
        var met = new Dictionary<FlowResult, int>();
        for (var i = 0; i < count; i++)
        {
            var result = await ConnectAsync(from, to, protocol, source, ct);
            met[result] = met.GetValueOrDefault(result) + 1;
        }

        return met;
    }

    private static Socket Open(AddressFamily family, Protocol protocol) => protocol == Protocol.Tcp
        ? new Socket(family, SocketType.Stream, ProtocolType.Tcp)
        : new Socket(family, SocketType.Dgram, ProtocolType.Udp);

    private static async Task<FlowResult> ReadAnswerAsync(Socket socket, CancellationToken ct)
    {
        var buffer = new byte[256];
        var length = await socket.ReceiveAsync(buffer, SocketFlags.None, ct);
        var answer = Encoding.UTF8.GetString(buffer, 0, length).Split('|');
        return answer.Length == 2
            ? new FlowResult(FlowOutcome.Answered, answer[0], answer[1], OwnSource(socket))
            : new FlowResult(FlowOutcome.Reject, "", "", OwnSource(socket)); // closed without a word
    }

    private static string OwnSource(Socket socket) => (socket.LocalEndPoint as IPEndPoint)?.Address.ToString() ?? "";

    // A packet dropped on its way out of the client's own namespace is EPERM there.
    private static FlowOutcome? Classify(SocketError error) => error switch
    {
        SocketError.ConnectionRefused or SocketError.ConnectionReset => FlowOutcome.Reject,
        SocketError.HostUnreachable or SocketError.NetworkUnreachable => FlowOutcome.Reject,
        SocketError.TimedOut or SocketError.AccessDenied => FlowOutcome.Drop,
        _ => null,
    };
}
