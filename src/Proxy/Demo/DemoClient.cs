using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Shunt.Proxy.Demo;

/// <summary>Sends HTTP requests from a pod, each on a connection of its own, as a load balancer must be judged by connections.</summary>
internal sealed class DemoClient(DemoPod pod, TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Sends one request.</summary>
    public async Task<DemoAnswer> GetAsync(IPEndPoint to, CancellationToken ct)
    {
        using var socket = pod.Network.Run(static () => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        using var limit = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        try
        {
            await socket.ConnectAsync(to, either.Token);
            await socket.SendAsync(Encoding.ASCII.GetBytes($"GET / HTTP/1.1\r\nHost: {to}\r\n\r\n"), SocketFlags.None, either.Token);
            return Parse(await ReadToEndAsync(socket, either.Token));
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return DemoAnswer.None;
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionRefused or SocketError.HostUnreachable)
        {
            return DemoAnswer.Refused;
        }
        catch (SocketException)
        {
            return DemoAnswer.None;
        }
    }

    /// <summary>Sends many requests, one after the other; returns how often each answer came, sorted.</summary>
    public async Task<SortedDictionary<string, DemoCount>> GetManyAsync(int count, IPEndPoint to, CancellationToken ct)
    {
        var answers = new SortedDictionary<string, DemoCount>(StringComparer.Ordinal);
        for (var i = 0; i < count; i++)
        {
            var answer = await GetAsync(to, ct);
            var before = answers.GetValueOrDefault(answer.Pod);
            answers[answer.Pod] = new DemoCount(answer.SeenSource, before.Requests + 1);
        }

        return answers;
    }

    private static async Task<string> ReadToEndAsync(Socket socket, CancellationToken ct)
    {
        var buffer = new byte[1024];
        var length = 0;
        while (length < buffer.Length)
        {
            var more = await socket.ReceiveAsync(buffer.AsMemory(length), SocketFlags.None, ct);
            if (more == 0) break;
            length += more;
        }

        return Encoding.ASCII.GetString(buffer, 0, length);
    }

    private static DemoAnswer Parse(string response)
    {
        var body = response.Split("\r\n\r\n") is [_, var text] ? text.Trim().Split(' ') : [];
        return body is [var name, var seen] ? new DemoAnswer(name, seen) : DemoAnswer.None;
    }
}
