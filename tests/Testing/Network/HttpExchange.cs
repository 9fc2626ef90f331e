using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Shunt.Netlink;

namespace Shunt.Testing.Network;

/// <summary>An HTTP answer as it came over the wire.</summary>
/// <param name="Status">The status line, such as <c>HTTP/1.1 200 OK</c>.</param>
/// <param name="Headers">The header lines as they were sent, sorted.</param>
/// <param name="Body">The body.</param>
public sealed record HttpExchange(string Status, ImmutableArray<string> Headers, string Body)
{
    /// <summary>The status code.</summary>
    public int Code => int.Parse(Status.Split(' ')[1], CultureInfo.InvariantCulture);

    /// <summary>A header's value; null when there is none.</summary>
    public string? this[string name] => Headers.FirstOrDefault(line => line.StartsWith(name + ": ", StringComparison.Ordinal))?[(name.Length + 2)..];

    /// <summary>Everything but the time: the status line, then the sorted headers, then the body.</summary>
    public string WithoutDate => string.Join('\n', [Status, .. Headers.Where(static line => !line.StartsWith("Date: ", StringComparison.Ordinal)), "", Body]);

    /// <summary>Asks on a connection of its own.</summary>
    /// <exception cref="SocketException">There is no connection.</exception>
    public static Task<HttpExchange> GetAsync(IPEndPoint server, CancellationToken ct, string path = "/", string method = "GET") =>
        GetAsync(new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp), server, path, method, ct);

    /// <summary>Asks from inside a namespace.</summary>
    /// <exception cref="SocketException">There is no connection.</exception>
    public static Task<HttpExchange> GetAsync(NetNamespace from, IPEndPoint server, CancellationToken ct) =>
        GetAsync(from.Run(() => new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp)), server, "/", "GET", ct);

    private static async Task<HttpExchange> GetAsync(Socket made, IPEndPoint server, string path, string method, CancellationToken ct)
    {
        using var socket = made;
        await socket.ConnectAsync(server, ct);
        return await SendAsync(socket, ct, path, method) ?? throw new SocketException((int)SocketError.ConnectionReset);
    }

    /// <summary>Asks on a connection that is open.</summary>
    /// <returns>Null when the connection is closed instead of an answer.</returns>
    public static async Task<HttpExchange?> SendAsync(Socket socket, CancellationToken ct, string path = "/", string method = "GET")
    {
        var stream = new NetworkStream(socket);
        try
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"{method} {path} HTTP/1.1\r\nHost: test\r\n\r\n"), ct);
            return await ReadAsync(stream, method == "HEAD", ct);
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static async Task<HttpExchange?> ReadAsync(NetworkStream stream, bool headOnly, CancellationToken ct)
    {
        var text = new StringBuilder();
        var buffer = new byte[4096];
        while (true)
        {
            if (Parse(text.ToString(), headOnly) is { } answer) return answer;
            var read = await stream.ReadAsync(buffer, ct);
            if (read == 0) return null;
            text.Append(Encoding.UTF8.GetString(buffer, 0, read));
        }
    }

    private static HttpExchange? Parse(string text, bool headOnly)
    {
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (end < 0) return null;
        var lines = text[..end].Split("\r\n");
        var answer = new HttpExchange(lines[0], [.. lines.Skip(1).Order(StringComparer.Ordinal)], text[(end + 4)..]);
        var length = headOnly ? 0 : int.Parse(answer["Content-Length"] ?? "0", CultureInfo.InvariantCulture);
        return answer.Body.Length < length ? null : answer;
    }
}
