using Shunt.Proxy.State;
using Shunt.Testing.Kubernetes;

namespace Shunt.Proxy.Tests.Kubernetes;

public sealed class KubernetesSourceTests
{
    private const string OwnNode = """{"metadata":{"name":"node-a"},"status":{"addresses":[{"type":"InternalIP","address":"10.0.0.1"}]}}""";
    private const string OtherNode = """{"metadata":{"name":"node-b"}}""";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Everything_is_listed_then_watched(bool watchList)
    {
        await using var server = await FakeApiServer.StartAsync();
        server.SupportsWatchList = watchList;
        server.Put(FakeApiServer.Services, Wire.Service("a"));
        server.Put(FakeApiServer.Services, Wire.Service("headless", "None"));
        server.Put(FakeApiServer.Services, Wire.Service("other-proxy", labels: """{"service.kubernetes.io/service-proxy-name":""}"""));
        server.Put(FakeApiServer.EndpointSlices, ApiServerShapedJson.EndpointSlice(1, 3));
        server.Put(FakeApiServer.ServiceCidrs, """{"metadata":{"name":"kubernetes"},"spec":{"cidrs":["10.96.0.0/12"]}}""");
        server.Put(FakeApiServer.Nodes, OwnNode);
        server.Put(FakeApiServer.Nodes, OtherNode);

        await using var watching = Watching.Start(server);
        await watching.UntilListedAsync();
        Assert.Equal("shop/a", watching.Names(ObjectKind.Service));
        Assert.Equal("team-1/svc-1-x7k2p", watching.Names(ObjectKind.EndpointSlice));
        Assert.Equal("kubernetes", watching.Names(ObjectKind.ServiceCidr));
        Assert.Equal("node-a", watching.Names(ObjectKind.Node));

        server.Put(FakeApiServer.Services, Wire.Service("b"));
        server.Put(FakeApiServer.Services, Wire.Service("a", "10.96.0.9"));
        server.Delete(FakeApiServer.EndpointSlices, "team-1/svc-1-x7k2p");
        await watching.UntilAsync(() => watching.Names(ObjectKind.Service) == "shop/a shop/b" && watching.Names(ObjectKind.EndpointSlice) == ""
            && watching.Get(ObjectKind.Service, "shop", "a") is ServiceObject { ClusterIps: [var ip] } && ip.ToString() == "10.96.0.9");
        Assert.Equal(1, watching.Lists(ObjectKind.Service));
    }

    [Fact]
    public async Task The_requests_are_those_kube_proxy_makes()
    {
        await using var server = await FakeApiServer.StartAsync();
        server.SupportsWatchList = false;
        await using var watching = Watching.Start(server);
        await watching.UntilListedAsync();
        await Watching.EventuallyAsync(() => server.Requests.Count(static r => r.IsWatch && !r.Has("sendInitialEvents=true")) == 4);

        var services = server.Requests.Where(static r => r.Path == FakeApiServer.Services).ToList();
        Assert.All(services, static r => Assert.True(r.Has("labelSelector=%21service.kubernetes.io%2Fservice-proxy-name") && r.Has("fieldSelector=spec.clusterIP%21%3DNone"), r.Query));
        Assert.True(services[0].Has("sendInitialEvents=true") && services[0].Has("resourceVersionMatch=NotOlderThan") && services[0].Has("allowWatchBookmarks=true"), services[0].Query);
        Assert.True(services[1].Has("limit=500") && services[1].Has("resourceVersion=0") && !services[1].IsWatch, services[1].Query);
        Assert.True(services[2].IsWatch && services[2].Has("allowWatchBookmarks=true") && services[2].Has("resourceVersion=100"), services[2].Query);
        Assert.All(server.Requests.Where(static r => r.Path == FakeApiServer.EndpointSlices), static r => Assert.True(r.Has("labelSelector=%21service.kubernetes.io%2Fheadless"), r.Query));
        Assert.All(server.Requests.Where(static r => r.Path == FakeApiServer.Nodes), static r => Assert.True(r.Has("fieldSelector=metadata.name%3Dnode-a"), r.Query));
        Assert.All(server.Requests.Where(static r => r.Path == FakeApiServer.ServiceCidrs), static r => Assert.DoesNotContain("Selector", r.Query, StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_object_that_leaves_the_selector_is_deleted_and_comes_back_added()
    {
        await using var server = await FakeApiServer.StartAsync();
        server.Put(FakeApiServer.Services, Wire.Service("a"));
        await using var watching = Watching.Start(server);
        await watching.UntilListedAsync();

        server.Put(FakeApiServer.Services, Wire.Service("a", labels: """{"service.kubernetes.io/service-proxy-name":"x"}"""));
        await watching.UntilAsync(() => watching.Names(ObjectKind.Service) == "");
        server.Put(FakeApiServer.Services, Wire.Service("a"));
        await watching.UntilAsync(() => watching.Names(ObjectKind.Service) == "shop/a");
    }

    [Fact]
    public async Task An_old_server_without_ServiceCIDRs_has_none()
    {
        await using var server = await FakeApiServer.StartAsync();
        server.Fail(static r => r.Path == FakeApiServer.ServiceCidrs, FakeFaults.Status(404, "NotFound", "the server could not find the requested resource"));
        await using var watching = Watching.Start(server);
        await watching.UntilListedAsync();
        Assert.Equal("", watching.Names(ObjectKind.ServiceCidr));
        Assert.Equal(1, watching.Logger.Count("going on without\" resource=\"servicecidrs\""));
    }

    [Fact]
    public async Task An_unreadable_object_in_a_list_is_named_and_the_others_are_served()
    {
        await using var server = await FakeApiServer.StartAsync();
        server.Put(FakeApiServer.Services, Wire.Service("a"));
        server.Put(FakeApiServer.Services, """{"metadata":{"namespace":"shop","name":"bad"},"spec":{"ports":"x"}}""");
        await using var watching = Watching.Start(server);
        await watching.UntilListedAsync();
        Assert.Equal("shop/a", watching.Names(ObjectKind.Service));
        var listed = watching.Events.OfType<WatchEvent.Listed>().Single(static l => l.Kind == ObjectKind.Service);
        Assert.Equal([new ObjectKey("shop", "bad")], listed.Unreadable);
        Assert.Equal(1, watching.Logger.Count("err=\"spec.ports: is not a list\" resource=\"services\" name=\"shop/bad\""));
    }

    [Fact]
    public async Task Pages_are_put_together()
    {
        await using var server = await FakeApiServer.StartAsync();
        server.SupportsWatchList = false;
        for (var i = 0; i < 7; i++) server.Put(FakeApiServer.Services, Wire.Service($"s{i}"));
        // Force a second list, as only later ones are paged by the server.
        server.Fail(static r => r.IsWatch && r.Path == FakeApiServer.Services && r.Has("resourceVersion=107"), FakeFaults.Status(410, "Expired", "too old resource version"));
        await using var watching = Watching.Start(server, Watching.Fast with { PageSize = 3 });
        await watching.UntilAsync(() => watching.Lists(ObjectKind.Service) == 2);
        Assert.Equal("shop/s0 shop/s1 shop/s2 shop/s3 shop/s4 shop/s5 shop/s6", watching.Names(ObjectKind.Service));
        Assert.Equal(2, server.Requests.Count(static r => r.Path == FakeApiServer.Services && r.Query.Contains("continue=", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_continue_token_that_expires_makes_one_full_list()
    {
        await using var server = await FakeApiServer.StartAsync();
        server.SupportsWatchList = false;
        for (var i = 0; i < 7; i++) server.Put(FakeApiServer.Services, Wire.Service($"s{i}"));
        server.Fail(static r => r.IsWatch && r.Path == FakeApiServer.Services && r.Has("resourceVersion=107"), FakeFaults.Status(410, "Expired", "too old resource version"));
        server.Fail(static r => r.Query.Contains("continue=", StringComparison.Ordinal), FakeFaults.Status(410, "Expired", "The provided continue parameter is too old"));
        await using var watching = Watching.Start(server, Watching.Fast with { PageSize = 3 });
        await watching.UntilAsync(() => watching.Lists(ObjectKind.Service) == 2);
        Assert.Equal(7, watching.Names(ObjectKind.Service).Split(' ').Length);
        Assert.DoesNotContain("limit=", server.Requests.Last(static r => r.Path == FakeApiServer.Services && !r.IsWatch).Query, StringComparison.Ordinal);
    }
}
