using System.Net;
using System.Text.Json;
using Shunt.Proxy.Options.Configuration;

namespace Shunt.Proxy.Tests.Cli;

public sealed class ConfigCommandTests : IDisposable
{
    private const string Header = "apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\n";

    private readonly CommandLineFixture _ = new();
    private readonly string _directory = Directory.CreateTempSubdirectory("shunt-config-").FullName;

    public void Dispose()
    {
        _.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task What_comes_to_the_same_has_no_difference()
    {
        var old = Write("old", "");
        var @new = Write("new", "iptables: {syncPeriod: 30000ms}\nconntrack: {maxPerCore: null}\nipvs: {syncPeriod: 7s}\nmode: iptables\n");

        Assert.Equal(0, await _.InvokeAsync("config", "diff", old, @new));

        Assert.Equal("", _.Output.ToString());
    }

    [Fact]
    public async Task Differences_are_shown_field_by_field()
    {
        var old = Write("old", "hostnameOverride: a\nshunt: {iptablesVariant: nft}\n");
        var @new = Write("new", "iptables: {syncPeriod: 1m}\nnodePortAddresses: [primary]\nfeatureGates: {AllBeta: false}\n");

        Assert.Equal(2, await _.InvokeAsync("config", "diff", old, @new));

        Assert.Equal(
            """
            hostnameOverride: a -> "" (needs a restart)
            iptables.syncPeriod: 30s -> 1m0s (needs a restart)
            nodePortAddresses: null -> ["primary"] (needs a restart)
            shunt.iptablesVariant: nft -> (unset) (needs a restart)
            featureGates.AllBeta: (unset) -> false (needs a restart)

            """, _.Output.ToString());
    }

    [Fact]
    public async Task Flags_that_count_beside_a_file_count_for_both()
    {
        Assert.Equal(0, await _.InvokeAsync("config", "diff", Write("old", "hostnameOverride: a\n"), Write("new", "hostnameOverride: b\n"), "--hostname-override=c"));
    }

    [Theory]
    [InlineData("mode: ipvs\n", "KubeProxyConfiguration.Mode.ProxyMode")]
    [InlineData("oomScoreAdj: high\n", "oomScoreAdj: \"high\" is not a whole number")]
    public async Task A_new_file_that_cannot_be_used_is_an_error(string fields, string problem)
    {
        var @new = Write("new", fields);
        Assert.Equal(1, await _.InvokeAsync("config", "diff", Write("old", ""), @new));
        Assert.Equal(1, await _.InvokeAsync("config", "check", @new));

        Assert.All(_.Errors, line => Assert.Contains(problem, line, StringComparison.Ordinal));
        Assert.Equal(2, _.Errors.Length);
    }

    [Fact]
    public async Task A_file_that_is_not_there_is_an_error()
    {
        Assert.Equal(1, await _.InvokeAsync("config", "diff", "/no/such", "/no/either"));

        Assert.Equal(["shunt: open /no/such: no such file or directory", "shunt: open /no/either: no such file or directory"], _.Errors);
    }

    [Fact]
    public async Task Check_says_what_has_no_effect()
    {
        var file = Write("file", "portRange: 1-2\nfoo: 1\n");

        Assert.Equal(0, await _.InvokeAsync("config", "check", file));

        Assert.Contains("unknown field", _.Output.ToString(), StringComparison.Ordinal);
        Assert.EndsWith($"These settings have no effect here: portRange\n{file} is valid\n", _.Output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_running_agent_is_asked_at_its_configz()
    {
        var running = EffectiveConfiguration.Default with { HostnameOverride = "node-1" };
        await using var server = await ConfigzServer.StartAsync(running);

        Assert.Equal(2, await _.InvokeAsync("config", "diff", server.Url, Write("new", "hostnameOverride: node-1\nmetricsBindAddress: 0.0.0.0\n")));

        Assert.Equal("metricsBindAddress: 127.0.0.1:10249 -> 0.0.0.0:10249 (needs a restart)\n", _.Output.ToString());
    }

    [Fact]
    public async Task An_agent_that_does_not_answer_is_an_error()
    {
        Assert.Equal(1, await _.InvokeAsync("config", "diff", "http://127.0.0.1:9/configz", Write("new", "")));

        Assert.StartsWith("shunt: http://127.0.0.1:9/configz: ", Assert.Single(_.Errors), StringComparison.Ordinal);
    }

    private string Write(string name, string fields)
    {
        var path = Path.Combine(_directory, name);
        File.WriteAllText(path, Header + fields);
        return path;
    }

    /// <summary>Answers every request with a configuration.</summary>
    private sealed class ConfigzServer : IAsyncDisposable
    {
        private readonly HttpListener _listener = new();
        private Task _serving = Task.CompletedTask;

        public string Url { get; private set; } = "";

        public static async Task<ConfigzServer> StartAsync(KubeProxyConfiguration configuration)
        {
            var server = new ConfigzServer();
            server.Listen();
            using var body = new MemoryStream();
            await using (var json = new Utf8JsonWriter(body)) KubeProxyConfigurationJson.WriteConfigz(json, configuration);
            server._serving = server.ServeAsync(body.ToArray());
            return server;
        }

        public async ValueTask DisposeAsync()
        {
            _listener.Stop();
            await _serving;
            _listener.Close();
        }

        private void Listen()
        {
            for (var port = 20_000 + Random.Shared.Next(10_000); ; port++)
            {
                try
                {
                    _listener.Prefixes.Clear();
                    _listener.Prefixes.Add($"http://127.0.0.1:{port}/");
                    _listener.Start();
                    Url = $"http://127.0.0.1:{port}/configz";
                    return;
                }
                catch (HttpListenerException)
                {
                    // taken; the next
                }
            }
        }

        private async Task ServeAsync(byte[] body)
        {
            try
            {
                while (true)
                {
                    var context = await _listener.GetContextAsync();
                    await context.Response.OutputStream.WriteAsync(body);
                    context.Response.Close();
                }
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                // stopped
            }
        }
    }
}
