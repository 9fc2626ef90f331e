using Shunt.Testing;
using Shunt.Testing.Agent;
using Shunt.Testing.Kubernetes;
using Shunt.Testing.Network;

namespace Shunt.Kernel.Tests.Agent;

/// <summary>The whole agent between an API server, which is the tests' own, and the kernel.</summary>
[Trait("needs", "root")]
public sealed class AgentOnApiServerTests
{
    private static readonly string[] Flags = ["--hostname-override", "node-1", "--cluster-cidr", "10.244.0.0/16", "--iptables-min-sync-period", "10ms", "-v", "2"];

    [Fact]
    public async Task What_the_server_says_becomes_rules_and_so_does_what_it_says_next()
    {
        Root.SkipUnlessAvailable("iptables");
        var ct = TestContext.Current.CancellationToken;
        await using var at = await ScratchNamespace.CreateAsync("api", ct);
        await using var server = await FakeApiServer.StartAsync();
        await using var relay = at.Net.Run(() => new FreezableRelay(server.Url)); // the server is elsewhere; the relay is its door in here
        server.Put(FakeApiServer.Nodes, """{"metadata":{"name":"node-1"},"status":{"addresses":[{"type":"InternalIP","address":"192.0.2.1"}]}}""");
        server.Put(FakeApiServer.Services, Service("web", "10.96.0.10"));
        server.Put(FakeApiServer.EndpointSlices, Slice("web", "10.244.1.11", "10.244.1.12"));

        await using var agent = ShuntAgent.Start(at, ["run", "--master", relay.Url.ToString(), "--shunt-iptables-variant", "nft", .. Flags]);
        await agent.WaitForAsync("SyncProxyRules complete\" ipFamily=\"IPv6\"", ct);
        var rules = await RulesAsync(at, ct);
        Assert.Contains("-d 10.96.0.10/32 -p tcp", rules, StringComparison.Ordinal);
        Assert.Contains("--to-destination 10.244.1.12:8080", rules, StringComparison.Ordinal);

        server.Put(FakeApiServer.EndpointSlices, Slice("web", "10.244.1.11", "10.244.1.13"));
        await agent.WaitForAsync("SyncProxyRules complete\" ipFamily=\"IPv4\"", ct);
        rules = await RulesAsync(at, ct);
        Assert.Contains("--to-destination 10.244.1.13:8080", rules, StringComparison.Ordinal);
        Assert.DoesNotContain("10.244.1.12", rules, StringComparison.Ordinal);

        server.Delete(FakeApiServer.Services, "default/web");
        server.Put(FakeApiServer.Services, Service("shop", "10.96.0.11"));
        do
        {
            // One sync may take in both changes, or each its own.
            await agent.WaitForAsync("SyncProxyRules complete\" ipFamily=\"IPv4\"", ct);
            rules = await RulesAsync(at, ct);
        }
        while (rules.Contains("default/web", StringComparison.Ordinal) || !rules.Contains("default/shop", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_server_that_cannot_be_reached_is_named_and_a_single_run_fails()
    {
        Root.SkipUnlessAvailable("iptables");
        var ct = TestContext.Current.CancellationToken;
        await using var at = await ScratchNamespace.CreateAsync("api", ct);
        await using var agent = ShuntAgent.Start(at, ["run", "--master", "http://127.0.0.1:9", .. Flags]);

        var line = await agent.WaitForAsync("127.0.0.1:9", ct);
        line = line.Contains("refused", StringComparison.OrdinalIgnoreCase) ? line : await agent.WaitForAsync("refused", ct);

        Assert.Contains("127.0.0.1:9", line, StringComparison.Ordinal);
        Assert.False(agent.HasExited);
        var once = await ShuntAgent.RunAsync(at, ["run", "--once", "--shunt-iptables-variant", "nft", "--master", "http://127.0.0.1:9"], ct);
        Assert.Equal(1, once.ExitCode);
        Assert.EndsWith("shunt: the API server http://127.0.0.1:9/ cannot be used: Connection refused (127.0.0.1:9)\n", once.Error, StringComparison.Ordinal);
    }

    private static async Task<string> RulesAsync(ScratchNamespace at, CancellationToken ct) =>
        (await at.RunAsync("iptables-nft-save", [], null, ct)).EnsureSuccess().Output;

    private static string Service(string name, string ip) =>
        $$$"""
        {"metadata": {"namespace": "default", "name": "{{{name}}}"},
         "spec": {"type": "ClusterIP", "clusterIP": "{{{ip}}}", "clusterIPs": ["{{{ip}}}"], "ipFamilies": ["IPv4"],
                  "ports": [{"name": "http", "protocol": "TCP", "port": 80}]}}
        """;

    private static string Slice(string service, params IEnumerable<string> addresses)
    {
        var endpoints = addresses.Select(static address => $$$"""{"addresses": ["{{{address}}}"], "conditions": {"ready": true}}""");
        return $$$"""
            {"metadata": {"namespace": "default", "name": "{{{service}}}-1", "labels": {"kubernetes.io/service-name": "{{{service}}}"}},
             "addressType": "IPv4", "ports": [{"name": "http", "protocol": "TCP", "port": 8080}], "endpoints": [{{{string.Join(',', endpoints)}}}]}
            """;
    }
}
