using System.Text;
using Shunt.Proxy.Kubernetes;
using Shunt.Testing.Kubernetes;
using Shunt.Testing.Logging;

namespace Shunt.Proxy.Tests.Kubernetes;

[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class KubeConfigTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("shunt-kubeconfig-").FullName;
    private readonly TestCertificates _certificates = new();

    public void Dispose()
    {
        _certificates.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task The_current_context_decides()
    {
        var options = Load(Config("server: https://one:6443/base", "token: t1") + """

            - name: other
              context: {cluster: c2, user: u2}
            """);
        Assert.Equal("https://one:6443/base/", options.Server.ToString());
        Assert.Equal("Bearer t1", await HeaderAsync(options));
        Assert.Null(options.Proxy);
    }

    [Fact]
    public void Certificates_are_read_from_data_and_from_files_beside_the_kubeconfig()
    {
        var (certificate, key) = _certificates.Client("proxy");
        File.WriteAllText(Path.Combine(_directory, "client.crt"), certificate);
        File.WriteAllText(Path.Combine(_directory, "client.key"), key);
        var options = Load(Config(
            $"{{server: 'https://one', certificate-authority-data: {Base64(_certificates.AuthorityPem)}, tls-server-name: kubernetes, proxy-url: 'socks5://10.0.0.1:1080'}}",
            "{client-certificate: client.crt, client-key: client.key}"));
        Assert.Equal("CN=test-authority", Assert.Single(options.CertificateAuthorities).Subject);
        Assert.True(Assert.Single(options.ClientCertificates).HasPrivateKey);
        Assert.Equal("kubernetes", options.TlsServerName);
        Assert.Equal(new Uri("socks5://10.0.0.1:1080"), options.Proxy);
    }

    [Fact]
    public async Task Other_ways_to_authenticate()
    {
        Assert.Equal("Basic dTpw", await HeaderAsync(Load(Config("server: https://one", "{username: u, password: p}"))));
        Assert.Equal("", await HeaderAsync(Load(Config("server: https://one", "{}"))));
        File.WriteAllText(Path.Combine(_directory, "token"), "from-file\n");
        var options = Load(Config("server: https://one", "{token: t, tokenFile: token}"));
        Assert.Equal("Bearer from-file", await HeaderAsync(options));
        File.WriteAllText(Path.Combine(_directory, "token"), "rotated");
        Assert.Equal("Bearer rotated", await HeaderAsync(options));
    }

    [Fact]
    public async Task An_exec_plugin_is_run_once_until_it_is_refused()
    {
        var plugin = Path.Combine(_directory, "plugin.sh");
        File.WriteAllText(plugin, """
            #!/bin/sh
            echo x >> "$COUNT"
            case "$KUBERNETES_EXEC_INFO" in *'"server":"https://one"'*) ;; *) exit 3;; esac
            echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"'$1'-'$(wc -l < "$COUNT")'"}}'
            """);
        File.SetUnixFileMode(plugin, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var count = Path.Combine(_directory, "count");
        var options = Load(Config("server: https://one", $"exec: {{apiVersion: client.authentication.k8s.io/v1, command: ./plugin.sh, args: [tok], interactiveMode: Never, provideClusterInfo: true, env: [{{name: COUNT, value: {count}}}]}}"));
        Assert.Equal("Bearer tok-1", await HeaderAsync(options));
        Assert.Equal("Bearer tok-1", await HeaderAsync(options));
        options.Credential.Refused();
        Assert.Equal("Bearer tok-2", await HeaderAsync(options));
    }

    [Theory]
    [InlineData("#!/bin/sh\necho no luck >&2; exit 7", "failed with exit code 7: no luck")]
    [InlineData("#!/bin/sh\necho nonsense", "printed no usable ExecCredential")]
    [InlineData("#!/bin/sh\necho '{\"apiVersion\":\"client.authentication.k8s.io/v1\",\"status\":{}}'", "printed neither token nor certificate")]
    public async Task A_failing_exec_plugin_is_an_error_to_try_again(string script, string message)
    {
        var plugin = Path.Combine(_directory, "plugin.sh");
        File.WriteAllText(plugin, script);
        File.SetUnixFileMode(plugin, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var options = Load(Config("server: https://one", "exec: {apiVersion: client.authentication.k8s.io/v1, command: ./plugin.sh}"));
        var error = await Assert.ThrowsAsync<IOException>(() => HeaderAsync(options));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Master_takes_the_place_of_the_server()
    {
        var path = Write(Config("server: https://one", "token: t"));
        Assert.Equal("https://two:8443/", KubeConfig.Load(path, "", "https://two:8443", TimeProvider.System).Server.ToString());
        Assert.Equal("http://three:8080/", ClientConfig.Load("", "three:8080", TimeProvider.System).Server.ToString());
    }

    [Theory]
    [InlineData("", "has 0 documents instead of one")]
    [InlineData("a: [", ":2: While parsing")]
    [InlineData("{}", "current-context is not set")]
    [InlineData("current-context: nope", "there is no context \"nope\"")]
    [InlineData("current-context: a\ncontexts: [{name: a, context: {cluster: x}}]", "names the unknown cluster \"x\"")]
    public void An_unusable_kubeconfig_is_one_clear_line(string text, string message) => AssertRefused(text, message);

    [Theory]
    [InlineData("server: ''", "{}", "server \"\" is not a URL")]
    [InlineData("server: 'ftp://x'", "{}", "server \"ftp://x\" is not a URL")]
    [InlineData("{server: 'https://x', certificate-authority-data: '%%'}", "{}", "certificate-authority-data is not base64")]
    [InlineData("{server: 'https://x', certificate-authority-data: eA==}", "{}", "certificate-authority holds no PEM certificate")]
    [InlineData("{server: 'https://x', certificate-authority: missing.crt}", "{}", "certificate-authority: Could not find file")]
    [InlineData("server: https://x", "{client-certificate-data: eA==}", "one is missing")]
    [InlineData("server: https://x", "{client-certificate-data: eA==, client-key-data: eA==}", "client-certificate holds no PEM certificate")]
    [InlineData("server: https://x", "{tokenFile: missing}", "tokenFile: Could not find file")]
    [InlineData("server: https://x", "exec: {command: x, apiVersion: v1alpha1}", "exec: apiVersion \"v1alpha1\" is not")]
    [InlineData("{server: 'https://x', proxy-url: 'x'}", "{}", "proxy-url \"x\" is not")]
    public void A_bad_part_is_named(string cluster, string user, string message) => AssertRefused(Config(cluster, user), message);

    [Fact]
    public void A_missing_file_is_one_clear_line()
    {
        var error = Assert.Throws<ConfigurationException>(() => ClientConfig.Load("/nonexistent/kubeconfig", "", TimeProvider.System));
        Assert.StartsWith("kubeconfig /nonexistent/kubeconfig: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pod_finds_its_server_in_its_environment()
    {
        File.WriteAllText(Path.Combine(_directory, "token"), "pod-token");
        File.WriteAllText(Path.Combine(_directory, "ca.crt"), _certificates.AuthorityPem);
        var options = InClusterConfig.Load(_directory, static n => n == "KUBERNETES_SERVICE_HOST" ? "fd00::1" : "443");
        Assert.Equal("https://[fd00::1]/", options.Server.ToString());
        Assert.Single(options.CertificateAuthorities);
        Assert.Equal("Bearer pod-token", await HeaderAsync(options));
        Assert.Throws<ConfigurationException>(() => InClusterConfig.Load(_directory, static _ => null));
        Assert.Throws<ConfigurationException>(() => InClusterConfig.Load("/nonexistent", static _ => "1"));
    }

    [Fact]
    public void Falling_back_to_the_pods_own_configuration_is_said()
    {
        var logger = new RecordingLogger();
        const string said = "Neither kubeconfig file nor master URL was specified, falling back to in-cluster config";

        ClientConfig.Load("", "https://one", TimeProvider.System, logger);
        Assert.Equal(0, logger.Count(said));
        try
        {
            ClientConfig.Load("", "", TimeProvider.System, logger);
        }
        catch (ConfigurationException)
        {
            // This is no pod.
        }

        Assert.Equal(1, logger.Count(said));
    }

    private void AssertRefused(string text, string message)
    {
        var path = Write(text);
        var error = Assert.Throws<ConfigurationException>(() => KubeConfig.Load(path, "", "", TimeProvider.System));
        Assert.StartsWith($"kubeconfig {path}:", error.Message, StringComparison.Ordinal);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    private static string Config(string cluster, string user) =>
        $"""
        apiVersion: v1
        kind: Config
        current-context: here
        clusters:
        - name: c1
          cluster: {Block(cluster)}
        users:
        - name: u1
          user: {Block(user)}
        contexts:
        - name: here
          context: {Block("{cluster: c1, user: u1}")}
        """;

    private static string Block(string yaml) => yaml.StartsWith('{') ? yaml : "\n    " + yaml;

    private ApiServerOptions Load(string text) => KubeConfig.Load(Write(text), "", "", TimeProvider.System);

    private string Write(string text)
    {
        var path = Path.Combine(_directory, "kubeconfig");
        File.WriteAllText(path, text);
        return path;
    }

    private static async Task<string> HeaderAsync(ApiServerOptions options) =>
        (await options.Credential.GetHeaderAsync(TestContext.Current.CancellationToken))?.ToString() ?? "";

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
