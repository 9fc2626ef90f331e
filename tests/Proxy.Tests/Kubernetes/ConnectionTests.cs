using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Time.Testing;
using Shunt.Proxy.Kubernetes;
using Shunt.Proxy.State;
using Shunt.Testing.Kubernetes;
using Shunt.Testing.Logging;

namespace Shunt.Proxy.Tests.Kubernetes;

public sealed class ConnectionTests
{
    private const string Service = """{"metadata":{"namespace":"shop","name":"a"},"spec":{"clusterIP":"10.96.0.1"}}""";

    [Fact]
    public async Task HTTP_2_and_a_client_certificate_are_used_over_TLS()
    {
        using var certificates = new TestCertificates();
        await using var server = await FakeApiServer.StartAsync(certificates.Server(), clientCertificates: true);
        var (certificate, key) = certificates.Client("proxy");
        var options = Trusting(certificates, server.Url) with { ClientCertificates = [X509Certificate2.CreateFromPem(certificate, key)] };
        await using var watching = Watching.Start(options);
        await watching.UntilListedAsync();
        Assert.All(server.Requests, static r => Assert.Equal(("HTTP/2", "CN=proxy"), (r.Protocol, r.ClientCertificate)));
    }

    [Fact]
    public async Task A_half_open_connection_is_noticed_by_its_pings()
    {
        using var certificates = new TestCertificates();
        await using var server = await FakeApiServer.StartAsync(certificates.Server());
        await using var relay = new FreezableRelay(server.Url);
        await using var watching = Watching.Start(Trusting(certificates, relay.Url) with { KeepAliveDelay = TimeSpan.FromSeconds(1), KeepAliveTimeout = TimeSpan.FromSeconds(1) });
        await watching.UntilListedAsync();

        relay.Freeze();
        server.Put(FakeApiServer.Services, Service);
        await watching.UntilAsync(() => watching.Names(ObjectKind.Service) == "shop/a");
        Assert.True(relay.Accepted >= 2);
        Assert.Equal(1, watching.Lists(ObjectKind.Service));
    }

    [Theory]
    [InlineData("kubernetes.default.svc", true)]
    [InlineData("somebody.else", false)]
    public async Task The_server_name_is_checked(string name, bool good)
    {
        using var certificates = new TestCertificates();
        await using var server = await FakeApiServer.StartAsync(certificates.Server());
        await using var watching = Watching.Start(Trusting(certificates, server.Url) with { TlsServerName = name });
        if (good) await watching.UntilListedAsync();
        else await Watching.EventuallyAsync(() => watching.Logger.Count("RemoteCertificateNameMismatch") > 0);
        Assert.Equal(good, server.Requests.Count > 0);
    }

    [Fact]
    public async Task A_server_of_another_authority_is_refused_unless_told_otherwise()
    {
        using var certificates = new TestCertificates();
        using var others = new TestCertificates();
        await using var server = await FakeApiServer.StartAsync(certificates.Server());
        await using (var watching = Watching.Start(Trusting(others, server.Url)))
        {
            await Watching.EventuallyAsync(() => watching.Logger.Count("SSL connection could not be established") > 0);
            Assert.Empty(server.Requests);
        }

        await using var trusting = Watching.Start(Trusting(others, server.Url) with { InsecureSkipTlsVerify = true, CertificateAuthorities = [] });
        await trusting.UntilListedAsync();
    }

    [Fact(Timeout = 60_000)]
    public async Task Certificates_renewed_in_their_files_are_used_for_new_requests()
    {
        using var certificates = new TestCertificates();
        await using var server = await FakeApiServer.StartAsync(certificates.Server(), clientCertificates: true);
        var directory = Directory.CreateTempSubdirectory("shunt-certificates-");
        try
        {
            WriteClient("old");
            File.WriteAllText(Path.Combine(directory.FullName, "ca.crt"), certificates.AuthorityPem);
            File.WriteAllText(Path.Combine(directory.FullName, "kubeconfig"), $$$"""
                {"current-context": "c", "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}],
                 "clusters": [{"name": "c", "cluster": {"server": "{{{server.Url}}}", "certificate-authority": "ca.crt"}}],
                 "users": [{"name": "u", "user": {"client-certificate": "client.crt", "client-key": "client.key"}}]}
                """);
            var time = new FakeTimeProvider();
            var logger = new RecordingLogger();
            using var client = new ApiClient(KubeConfig.Load(Path.Combine(directory.FullName, "kubeconfig"), "", "", time), time, logger);
            await GetAsync();

            File.WriteAllText(Path.Combine(directory.FullName, "client.crt"), certificates.Client("half").Certificate); // not the key's
            time.Advance(TimeSpan.FromMinutes(2));
            await GetAsync();
            WriteClient("new");
            await GetAsync(); // too soon to look again
            time.Advance(TimeSpan.FromMinutes(2));
            await GetAsync();

            Assert.Equal(["CN=old", "CN=old", "CN=old", "CN=new"], server.Requests.Select(static r => r.ClientCertificate));
            Assert.Equal(1, logger.Count("Renewed certificates cannot be used"));
            Assert.Equal(1, logger.Count("Certificates have been renewed"));

            async Task GetAsync() => (await client.GetAsync("version", TestContext.Current.CancellationToken)).Dispose();
        }
        finally
        {
            directory.Delete(recursive: true);
        }

        void WriteClient(string name)
        {
            var (certificate, key) = certificates.Client(name);
            File.WriteAllText(Path.Combine(directory.FullName, "client.crt"), certificate);
            File.WriteAllText(Path.Combine(directory.FullName, "client.key"), key);
        }
    }

    private static ApiServerOptions Trusting(TestCertificates certificates, Uri url) => new()
    {
        Server = ServerUrl.Parse(url.ToString(), true)!,
        Credential = Credential.None,
        CertificateAuthorities = [X509CertificateLoader.LoadCertificate(certificates.Authority.RawData)],
    };
}
