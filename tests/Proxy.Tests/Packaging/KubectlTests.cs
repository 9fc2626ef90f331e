using System.Globalization;
using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Shunt.Proxy.Http;
using Shunt.Testing;

namespace Shunt.Proxy.Tests.Packaging;

/// <summary>The manifests, read by kubectl.</summary>
public sealed class KubectlTests
{
    /// <summary>The minor version of kubectl whose kustomize knows components, and patches in files.</summary>
    private const int Patches = 21;

    private static readonly (string Group, string Version, (string Resource, string Kind, bool Namespaced)[] Resources)[] Apis =
    [
        ("", "v1", [("configmaps", "ConfigMap", true), ("serviceaccounts", "ServiceAccount", true)]),
        ("apps", "v1", [("daemonsets", "DaemonSet", true)]),
        ("rbac.authorization.k8s.io", "v1", [("clusterroles", "ClusterRole", false), ("clusterrolebindings", "ClusterRoleBinding", false)]),
    ];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("base", "clusterrole/shunt", "clusterrolebinding/shunt", "configmap/shunt", "daemonset/shunt", "serviceaccount/shunt")]
    [InlineData("kubeadm", "daemonset/kube-proxy")]
    [InlineData("kubeadm-hardened", "daemonset/kube-proxy")]
    public async Task Kubectl_would_apply(string directory, params string[] objects)
    {
        await SkipWithoutKubectlAsync(minor: directory == "kubeadm-hardened" ? Patches : 0);
        await using var server = await HttpServer.StartAsync(new IPEndPoint(IPAddress.Loopback, 0), AnswerAsync, NullLoggerFactory.Instance, Ct);

        var run = await KubectlAsync("apply", "--dry-run=client", "--validate=false", "-o", "name", "--server", $"http://{server.Address}", "-k", Manifests(directory));

        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Equal(objects, run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => line.Replace(".apps", "", StringComparison.Ordinal)
            .Replace(".rbac.authorization.k8s.io", "", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Nodes_with_legacy_iptables_get_one_more_capability()
    {
        await SkipWithoutKubectlAsync(Patches);
        using var overlay = new KustomizeOverlay("resources: [BASE/base]\ncomponents: [BASE/legacy-iptables]\n");

        var run = await KubectlAsync("kustomize", "--load-restrictor", "LoadRestrictionsNone", overlay.Directory);

        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Contains("            - NET_ADMIN\n            - NET_RAW\n", run.Output, StringComparison.Ordinal);
    }

    private static string Manifests(string directory) => Repository.PathOf($"manifests/{directory}");

    private static async Task SkipWithoutKubectlAsync(int minor)
    {
        if (CommandRunner.Find("kubectl") is null) Assert.Skip("needs kubectl, which is not installed");
        using var version = JsonDocument.Parse((await KubectlAsync("version", "--client", "-o", "json")).Output);
        var found = version.RootElement.GetProperty("clientVersion").GetProperty("minor").GetString()!; // kubectl always says
        if (int.Parse(found.TrimEnd('+'), CultureInfo.InvariantCulture) < minor) Assert.Skip($"needs kubectl 1.{minor}, and this is 1.{found}");
    }

    // A home of its own keeps kubectl's cache of APIs out of the user's.
    private static async Task<CommandResult> KubectlAsync(params string[] arguments)
    {
        var home = Directory.CreateTempSubdirectory("shunt-kubectl").FullName;
        try
        {
            return await CommandRunner.RunAsync("env", [$"HOME={home}", "KUBECONFIG=/dev/null", CommandRunner.Find("kubectl")!, .. arguments], null, Ct); // found before
        }
        finally
        {
            Directory.Delete(home, recursive: true);
        }
    }

    /// <summary>What a server says of its APIs, and that it has no objects.</summary>
    private static async Task AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value ?? "";
        object? answer = path switch
        {
            "/version" => new { major = "1", minor = "36", gitVersion = "v1.36.2" },
            "/api" => new { kind = "APIVersions", versions = new[] { "v1" } },
            "/apis" => new { kind = "APIGroupList", apiVersion = "v1", groups = Apis.Where(static api => api.Group.Length > 0).Select(Group) },
            _ => Apis.Where(api => path == Path(api.Group, api.Version)).Select(static api => new
            {
                kind = "APIResourceList",
                apiVersion = "v1",
                groupVersion = api.Group.Length == 0 ? api.Version : $"{api.Group}/{api.Version}",
                resources = api.Resources.Select(static r => new { name = r.Resource, singularName = "", namespaced = r.Namespaced, kind = r.Kind, verbs = new[] { "create", "get", "patch" } }),
            }).FirstOrDefault(),
        };
        if (answer is null) context.Response.StatusCode = StatusCodes.Status404NotFound;
        answer ??= new { kind = "Status", apiVersion = "v1", status = "Failure", reason = "NotFound", code = 404 };
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(JsonSerializer.Serialize(answer), context.RequestAborted);
    }

    private static string Path(string group, string version) => group.Length == 0 ? $"/api/{version}" : $"/apis/{group}/{version}";

    private static object Group((string Group, string Version, (string, string, bool)[]) api)
    {
        var version = new { groupVersion = $"{api.Group}/{api.Version}", version = api.Version };
        return new { name = api.Group, versions = new[] { version }, preferredVersion = version };
    }
}
