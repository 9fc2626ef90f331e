using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Shunt.Testing;
using Shunt.Testing.Agent;
using Shunt.Testing.Kubernetes;
using Shunt.Testing.Network;

namespace Shunt.Kernel.Tests.Agent;

/// <summary>What the whole agent says of itself: its pages, its events, its exit.</summary>
[Trait("needs", "root")]
public sealed class AgentPagesTests
{
    private const string Health = "http://127.0.0.1:10256";
    private const string Metrics = "http://127.0.0.1:10249";

    private static readonly string[] Flags =
        ["--hostname-override", "node-1", "--cluster-cidr", "10.244.0.0/16", "--shunt-iptables-variant", "nft", "--iptables-min-sync-period", "10ms", "-v", "2"];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_API_server_hears_of_the_start_and_the_pages_follow_what_it_says()
    {
        Root.SkipUnlessAvailable("iptables-nft");
        await using var at = await ScratchNamespace.CreateAsync("pages", Ct);
        await using var server = await FakeApiServer.StartAsync();
        await using var relay = at.Net.Run(() => new FreezableRelay(server.Url));
        server.Put(FakeApiServer.Nodes, Node());
        server.Put(FakeApiServer.Services, Service("web", "10.96.0.10"));
        server.Put(FakeApiServer.EndpointSlices, Slice("web", "10.244.1.11"));
        await using var agent = ShuntAgent.Start(at, ["run", "--master", relay.Url.ToString(), .. Flags]);
        using var http = NamespaceHttp.Client(at.Net);
        await BecomesAsync(http, Health + "/readyz", HttpStatusCode.OK);

        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(Health + "/healthz", Ct)).StatusCode);
        server.Put(FakeApiServer.Nodes, Node("ToBeDeletedByClusterAutoscaler"));
        await BecomesAsync(http, Health + "/healthz", HttpStatusCode.ServiceUnavailable);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(Health + "/livez", Ct)).StatusCode);

        server.Put(FakeApiServer.EndpointSlices, Slice("web", "10.244.1.12", TimeProvider.System.GetUtcNow()));
        var programmed = "kubeproxy_network_programming_duration_seconds_count{ip_family=\"IPv4\"} 1";
        while (!(await http.GetStringAsync(Metrics + "/metrics", Ct)).Contains(programmed, StringComparison.Ordinal)) await Task.Delay(20, Ct);
        var page = await http.GetStringAsync(Metrics + "/metrics", Ct);
        Assert.Contains("rest_client_requests_total{code=\"200\"", page, StringComparison.Ordinal);
        Assert.Contains("kubeproxy_proxy_healthz_total{code=\"503\"}", page, StringComparison.Ordinal);

        using var configz = JsonDocument.Parse(await http.GetStringAsync(Metrics + "/configz", Ct));
        Assert.Equal("10.244.0.0/16", configz.RootElement.GetProperty("kubeproxy.config.k8s.io").GetProperty("clusterCIDR").GetString());
        Assert.Contains("cluster-cidr=10.244.0.0/16", await http.GetStringAsync(Metrics + "/flagz", Ct), StringComparison.Ordinal);
        Assert.NotEmpty(await http.GetStringAsync(Metrics + "/statusz", Ct));

        while (server.Events.Count == 0) await Task.Delay(20, Ct);
        Assert.Equal("Starting", (string?)server.Events[0]["reason"]);
    }

    [Fact]
    public async Task A_new_configuration_ends_the_agent_and_a_bad_one_does_not()
    {
        Root.SkipUnlessAvailable("iptables-nft");
        await using var at = await ScratchNamespace.CreateAsync("pages", Ct);
        var directory = Directory.CreateTempSubdirectory("shunt-config-").FullName;
        try
        {
            var file = Path.Combine(directory, "config.conf");
            WriteConfiguration(file, "mode: iptables");
            await using var agent = ShuntAgent.Start(at, ["run", "--config", file, "--from", Repository.PathOf("manifests/demo"), "--hostname-override", "demo-node"]);
            await agent.WaitForAsync("Using iptables Proxier", Ct);

            WriteConfiguration(file, "mode: magic");
            await agent.WaitForAsync("The new content of the configuration file cannot be used", Ct);
            Assert.False(agent.HasExited);
            WriteConfiguration(file, "mode: iptables\nclusterCIDR: 10.0.0.0/8");
            await agent.WaitForAsync("\"Error running ProxyServer\" err=\"content of the proxy server's configuration file was updated\"", Ct);

            Assert.Equal(1, await agent.ExitAsync(Ct));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Theory]
    [InlineData(10256, "Healthz", "FailedToStartProxierHealthcheck")]
    [InlineData(10249, "Metrics", "FailedToStartMetricServer")]
    public async Task A_port_that_is_taken_ends_the_agent_if_it_must_and_the_API_server_hears_why(int port, string name, string reason)
    {
        Root.SkipUnlessAvailable("iptables-nft");
        await using var at = await ScratchNamespace.CreateAsync("pages", Ct);
        await using var server = await FakeApiServer.StartAsync();
        await using var relay = at.Net.Run(() => new FreezableRelay(server.Url));
        using var taken = at.Net.Run(() =>
        {
            var listener = new TcpListener(IPAddress.Any, port);
            listener.Start();
            return listener;
        });

        await using var agent = ShuntAgent.Start(at, ["run", "--master", relay.Url.ToString(), "--bind-address-hard-fail", .. Flags]);

        await agent.WaitForAsync($"failed to start the {name} server", Ct);
        Assert.Equal(1, await agent.ExitAsync(Ct));
        Assert.Contains(server.Events, e => (string?)e["reason"] == reason);
    }

    [Fact]
    public async Task Initialising_sets_what_the_agent_then_need_not_set()
    {
        Root.SkipUnlessAvailable("iptables-nft");
        await using var at = await ScratchNamespace.CreateAsync("pages", Ct);
        at.Sysctl(("ipv4/conf/all/route_localnet", "0"));

        var init = await ShuntAgent.RunAsync(
            at, ["run", "--init-only", "--conntrack-tcp-timeout-established=23h", "--from", Repository.PathOf("manifests/demo"), "--hostname-override", "demo-node", "--shunt-iptables-variant", "nft"], Ct);

        Assert.True(init.ExitCode == 0, init.Error);
        Assert.Contains("System initialized and --init-only specified", init.Error, StringComparison.Ordinal);
        Assert.Equal(("1", "82800"), at.Net.Run(static () => (Read("ipv4/conf/all/route_localnet"), Read("netfilter/nf_conntrack_tcp_timeout_established"))));
        Assert.DoesNotContain("KUBE", (await at.RunAsync("iptables-nft-save", [], null, Ct)).Output, StringComparison.Ordinal);

        static string Read(string name) => File.ReadAllText("/proc/sys/net/" + name).Trim();
    }

    private static async Task BecomesAsync(HttpClient http, string url, HttpStatusCode expected)
    {
        while (true)
        {
            try
            {
                if ((await http.GetAsync(url, Ct)).StatusCode == expected) return;
            }
            catch (HttpRequestException)
            {
                // It does not listen yet.
            }

            await Task.Delay(20, Ct);
        }
    }

    /// <summary>As an editor that knows its trade does.</summary>
    private static void WriteConfiguration(string file, string fields)
    {
        var hidden = file + ".tmp";
        File.WriteAllText(hidden, $"apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nshunt: {{ iptablesVariant: nft }}\n{fields}\n");
        File.Move(hidden, file, overwrite: true);
    }

    private static string Node(string? taint = null) =>
        $$$"""
        {"metadata": {"name": "node-1"}, "spec": {"taints": [{{{(taint is null ? "" : $$"""{"key": "{{taint}}", "effect": "NoSchedule"}""")}}}]},
         "status": {"addresses": [{"type": "InternalIP", "address": "192.0.2.1"}]}}
        """;

    private static string Service(string name, string ip) =>
        $$$"""
        {"metadata": {"namespace": "default", "name": "{{{name}}}"},
         "spec": {"type": "ClusterIP", "clusterIP": "{{{ip}}}", "clusterIPs": ["{{{ip}}}"], "ipFamilies": ["IPv4"],
                  "ports": [{"name": "http", "protocol": "TCP", "port": 80}]}}
        """;

    private static string Slice(string service, string address, DateTimeOffset? triggered = null) =>
        $$$"""
        {"metadata": {"namespace": "default", "name": "{{{service}}}-1", "labels": {"kubernetes.io/service-name": "{{{service}}}"},
                      "annotations": {"endpoints.kubernetes.io/last-change-trigger-time": "{{{triggered:O}}}"}},
         "addressType": "IPv4", "ports": [{"name": "http", "protocol": "TCP", "port": 8080}],
         "endpoints": [{"addresses": ["{{{address}}}"], "conditions": {"ready": true}}]}
        """;
}
