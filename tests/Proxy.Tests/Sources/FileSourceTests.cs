using System.Threading.Channels;
using Shunt.Proxy.Sources;
using Shunt.Proxy.State;
using Shunt.Testing.Logging;

namespace Shunt.Proxy.Tests.Sources;

public sealed class FileSourceTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("shunt-manifests-").FullName;
    private readonly Channel<WatchEvent> _events = Channel.CreateUnbounded<WatchEvent>();
    private readonly RecordingLogger _logger = new();

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task All_kinds_are_listed_and_what_the_selectors_hide_is_left_out()
    {
        Write("a.yaml", Service("web") + Service("headless", "None") + Service("other", labels: "service.kubernetes.io/service-proxy-name: x")
            + "---\napiVersion: v1\nkind: NodeList\nitems: [{metadata: {name: node-a}}, {metadata: {name: node-b}}]\n"
            + "---\napiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {name: h, labels: {service.kubernetes.io/headless: ''}}\naddressType: IPv4\n");
        Write(".hidden.yaml", "nonsense: [");
        Write("readme.txt", "nonsense: [");
        var lists = await Source().LoadAsync(Token);
        Assert.Equal(
            ["EndpointSlice ", "Node node-a", "Service default/web", "ServiceCidr "],
            lists.Select(static l => $"{l.Kind} {string.Join(",", l.Objects.Select(static o => o.Key))}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task The_last_of_two_with_one_name_counts_and_a_warning_names_both()
    {
        Write("1.yaml", Service("web", "10.0.0.1"));
        Write("2.yml", Service("web", "10.0.0.2"));
        var lists = await Source().LoadAsync(Token);
        var service = Assert.IsType<ServiceObject>(Assert.Single(lists.Single(static l => l.Kind == ObjectKind.Service).Objects));
        Assert.Equal("10.0.0.2", service.ClusterIps[0].ToString());
        Assert.Equal(1, _logger.Count($"name=\"default/web\" first=\"{_directory}/1.yaml:2\" last=\"{_directory}/2.yml:2\""));
    }

    [Fact]
    public async Task A_file_that_cannot_be_read_at_start_is_an_error_with_its_line()
    {
        Write("1.yaml", Service("web"));
        Write("2.yaml", "a: 1\nb: }");
        var error = await Assert.ThrowsAsync<ConfigurationException>(() => Source().LoadAsync(Token));
        Assert.StartsWith($"{_directory}/2.yaml:2: ", error.Message, StringComparison.Ordinal);
        error = await Assert.ThrowsAsync<ConfigurationException>(() => Source("missing.yaml").LoadAsync(Token));
        Assert.StartsWith($"{_directory}/missing.yaml: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_without_a_name_gets_the_empty_one_as_from_an_API_server()
    {
        Write("1.yaml", "apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {name: s}\naddressType: IPv4\nports: [{port: 80}]\n");
        var slices = (await Source().LoadAsync(Token)).Single(static l => l.Kind == ObjectKind.EndpointSlice);
        var slice = Assert.IsType<EndpointSliceObject>(Assert.Single(slices.Objects));
        Assert.Equal(new EndpointPortSpec("", Shunt.Model.Protocol.Tcp, 80), Assert.Single(slice.Ports));
        Assert.Empty(slice.Problems);
    }

    [Fact]
    public async Task An_unusable_object_is_named_and_the_others_are_served()
    {
        Write("1.yaml", Service("web") + "---\napiVersion: v1\nkind: Service\nmetadata: {name: bad}\nspec: {ports: x}\n");
        var services = (await Source().LoadAsync(Token)).Single(static l => l.Kind == ObjectKind.Service);
        Assert.Single(services.Objects);
        Assert.Equal([new ObjectKey("default", "bad")], services.Unreadable);
        Assert.Equal(1, _logger.Count($"err=\"spec.ports: is not a list\" kind=\"Service\" name=\"default/bad\" at=\"{_directory}/1.yaml:7\""));
    }

    [Fact]
    public async Task An_edit_becomes_the_events_of_a_watch()
    {
        Write("1.yaml", Service("a") + Service("b") + Service("c"));
        await using var running = Run();
        await ListsAsync();
        Write("1.yaml", Service("a") + Service("b", "10.0.0.9") + Service("d"));
        Assert.Equal(["-default/c", "default/b", "default/d"], await ChangesAsync(3));
        Write("2.yaml", Service("e"));
        Assert.Equal(["default/e"], await ChangesAsync(1));
        File.Delete(Path.Combine(_directory, "2.yaml"));
        Assert.Equal(["-default/e"], await ChangesAsync(1));
    }

    [Fact]
    public async Task A_broken_edit_leaves_the_last_good_state_in_force()
    {
        Write("1.yaml", Service("a"));
        await using var running = Run();
        await ListsAsync();
        Write("1.yaml", "kind: [");
        await Kubernetes.Watching.EventuallyAsync(() => _logger.Count($"{_directory}/1.yaml:") == 1);
        Write("2.yaml", Service("b"));
        Assert.Equal(["default/b"], await ChangesAsync(1));
        Write("1.yaml", Service("a", "10.0.0.7"));
        Assert.Equal(["default/a"], await ChangesAsync(1));
    }

    [Fact]
    public async Task An_object_that_becomes_unusable_keeps_its_last_good_version()
    {
        Write("1.yaml", Service("a") + Service("b"));
        await using var running = Run();
        await ListsAsync();
        Write("1.yaml", Service("b", "10.0.0.7") + "---\napiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {ports: x}\n");
        Assert.Equal(["default/b"], await ChangesAsync(1));
        Write("1.yaml", Service("b", "10.0.0.7"));
        Assert.Equal(["-default/a"], await ChangesAsync(1));
    }

    [Fact]
    public async Task A_ConfigMap_that_is_swapped_by_symlink_is_noticed()
    {
        foreach (var (version, ip) in new[] { ("v1", "10.0.0.1"), ("v2", "10.0.0.2") })
        {
            Directory.CreateDirectory(Path.Combine(_directory, ".." + version));
            Write($"..{version}/1.yaml", Service("a", ip));
        }

        File.CreateSymbolicLink(Path.Combine(_directory, "..data"), "..v1");
        File.CreateSymbolicLink(Path.Combine(_directory, "1.yaml"), "..data/1.yaml");
        await using var running = Run("1.yaml");
        await ListsAsync();
        Directory.Delete(Path.Combine(_directory, "..data"));
        File.CreateSymbolicLink(Path.Combine(_directory, "..data"), "..v2");
        Assert.Equal(["default/a"], await ChangesAsync(1));
    }

    [Fact]
    public async Task A_file_that_appears_later_is_listed_then()
    {
        await using var running = Run("1.yaml");
        await Kubernetes.Watching.EventuallyAsync(() => _logger.Count("1.yaml: Could not find file") == 1);
        Write("1.yaml", Service("a"));
        await ListsAsync();
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static string Service(string name, string clusterIp = "10.0.0.1", string labels = "app: x") =>
        $"---\napiVersion: v1\nkind: Service\nmetadata: {{name: {name}, labels: {{{labels}}}}}\nspec: {{clusterIP: {clusterIp}}}\n";

    private void Write(string file, string text) => File.WriteAllText(Path.Combine(_directory, file), text);

    private FileSource Source(string file = "") => new(
        new FileSourceOptions
        {
            Path = Path.Combine(_directory, file).TrimEnd('/'),
            NodeName = "node-a",
            Debounce = TimeSpan.FromMilliseconds(20),
            PollInterval = TimeSpan.FromMilliseconds(500),
        },
        TimeProvider.System,
        _logger);

    private Running Run(string file = "") => new Running(Source(file), _events.Writer).Start();

    private async Task ListsAsync()
    {
        for (var i = 0; i < 4; i++) Assert.IsType<WatchEvent.Listed>(await _events.Reader.ReadAsync(Token));
    }

    /// <summary>The next changes, sorted; a deletion has a dash in front.</summary>
    private async Task<List<string>> ChangesAsync(int count)
    {
        var changes = new List<string>();
        while (changes.Count < count)
        {
            var news = await _events.Reader.ReadAsync(Token);
            changes.Add(news is WatchEvent.Deleted deleted ? $"-{deleted.Key}" : Assert.IsType<WatchEvent.Changed>(news).Object.Key.ToString());
        }

        changes.Sort(StringComparer.Ordinal);
        return changes;
    }

    private sealed class Running(FileSource source, ChannelWriter<WatchEvent> events) : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private Task? _task;

        public Running Start()
        {
            _task = source.RunAsync(events, _stop.Token);
            return this;
        }

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            if (_task is not null) await _task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _stop.Dispose();
        }
    }
}
