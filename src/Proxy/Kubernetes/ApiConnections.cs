using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace Shunt.Proxy.Kubernetes;

/// <summary>How connections to an API server are made, and how a dead one is found out.</summary>
internal static class ApiConnections
{
    private const int IPPROTO_TCP = 6; // linux/in.h
    private const int TCP_USER_TIMEOUT = 18; // linux/tcp.h

    /// <summary>The handler for an API server.</summary>
    public static SocketsHttpHandler CreateHandler(ApiServerOptions options)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            ConnectTimeout = options.RequestTimeout,
            PooledConnectionIdleTimeout = TimeSpan.FromMinutes(2),
            EnableMultipleHttp2Connections = true,
            KeepAlivePingDelay = options.KeepAliveDelay,
            KeepAlivePingTimeout = options.KeepAliveTimeout,
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
            SslOptions = CreateSslOptions(options),
            ConnectCallback = (context, ct) => ConnectAsync(context.DnsEndPoint, options, ct),
        };
        if (options.Proxy is { } proxy) handler.Proxy = new WebProxy(proxy);
        return handler;
    }

    private static SslClientAuthenticationOptions CreateSslOptions(ApiServerOptions options)
    {
        var ssl = new SslClientAuthenticationOptions { CertificateRevocationCheckMode = X509RevocationMode.NoCheck };
        if (options.InsecureSkipTlsVerify)
        {
#pragma warning disable CA5359 // The user asked for exactly this (insecure-skip-tls-verify).
            ssl.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
#pragma warning restore CA5359
        }
        else if (options.CertificateAuthorities.Count > 0)
        {
            ssl.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            ssl.CertificateChainPolicy.CustomTrustStore.AddRange(options.CertificateAuthorities);
        }

        if (options.ClientCertificates.Count > 0)
            ssl.ClientCertificateContext = SslStreamCertificateContext.Create(options.ClientCertificates[0], options.ClientCertificates, offline: true);
        else
            ssl.LocalCertificateSelectionCallback = (_, _, _, _, _) => options.Credential.Certificate!; // Null is a legal answer: none.
        return ssl;
    }

    private static async ValueTask<Stream> ConnectAsync(DnsEndPoint endPoint, ApiServerOptions options, CancellationToken ct)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        var connected = false;
        try
        {
            var probe = Math.Max(1, (int)options.KeepAliveTimeout.TotalSeconds / 3);
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, Math.Max(1, (int)options.KeepAliveDelay.TotalSeconds));
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, probe);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 3);
            var limit = (int)(options.KeepAliveDelay + options.KeepAliveTimeout).TotalMilliseconds;
            socket.SetRawSocketOption(IPPROTO_TCP, TCP_USER_TIMEOUT, BitConverter.GetBytes(limit));
            await socket.ConnectAsync(endPoint, ct);
            connected = true;
            return new NetworkStream(socket, ownsSocket: true);
        }
        finally
        {
            if (!connected) socket.Dispose();
        }
    }
}
