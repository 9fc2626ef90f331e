using System.Globalization;
using Shunt.Proxy.Node;
using Shunt.Proxy.Options;
using Shunt.Testing;
using Shunt.Testing.Logging;
using Shunt.Testing.Network;

namespace Shunt.Proxy.Tests.Node;

/// <summary>The parameters of connection tracking, under a root of the test's own.</summary>
public sealed class ConntrackSysctlsTests : IDisposable
{
    private const string Prefix = "could not set conntrack parameters from kube-proxy configuration: ";
    private const string Max = "net/netfilter/nf_conntrack_max", HashSize = "module/nf_conntrack/parameters/hashsize";

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("shunt-conntrack-");
    private readonly RecordingLogger _logger = new();

    public ConntrackSysctlsTests()
    {
        Write("devices/system/cpu/online", "0-3,6,8-9\n");
        Write(Max, "65536\n");
        Write(HashSize, "16384\n");
        Write("net/netfilter/nf_conntrack_tcp_timeout_established", "432000\n");
        Write("net/netfilter/nf_conntrack_tcp_timeout_close_wait", "60\n");
        Write("net/netfilter/nf_conntrack_tcp_be_liberal", "0\n");
        Write("net/netfilter/nf_conntrack_udp_timeout", "30\n");
        Write("net/netfilter/nf_conntrack_udp_timeout_stream", "120\n");
    }

    [Fact]
    public void The_defaults_set_what_kube_proxy_sets_in_its_order_with_its_words()
    {
        Apply(new ConntrackOptions());

        Assert.Equal(
            [
                "\"Setting nf_conntrack_max\" nfConntrackMax=229376",
                "\"Set sysctl\" entry=\"net/netfilter/nf_conntrack_max\" value=229376",
                "\"Setting conntrack hashsize\" conntrackHashsize=57344",
                "\"Set sysctl\" entry=\"net/netfilter/nf_conntrack_tcp_timeout_established\" value=86400",
                "\"Set sysctl\" entry=\"net/netfilter/nf_conntrack_tcp_timeout_close_wait\" value=3600",
            ],
            Said());
        Assert.Equal("229376", Read(Max));
        Assert.Equal("57344", Read(HashSize));
        Assert.Equal("30\n", Read("net/netfilter/nf_conntrack_udp_timeout"));
    }

    [Fact]
    public void Everything_can_be_set_and_what_is_right_already_is_not_written()
    {
        var all = new ConntrackOptions { TcpBeLiberal = true, UdpTimeout = TimeSpan.FromSeconds(30.9), UdpStreamTimeout = TimeSpan.FromMinutes(5) };
        Apply(all);
        Assert.Equal(
            [
                "\"Set sysctl\" entry=\"net/netfilter/nf_conntrack_tcp_be_liberal\" value=1",
                "\"Set sysctl\" entry=\"net/netfilter/nf_conntrack_udp_timeout_stream\" value=300",
            ],
            Said()[^2..]);

        Apply(all);
        Assert.Equal("\"Setting nf_conntrack_max\" nfConntrackMax=229376", Said()[^1]); // said though it was, as kube-proxy does
        Assert.Equal(8, Said().Length);
    }

    [Fact]
    public void Zero_leaves_everything_alone()
    {
        Apply(new ConntrackOptions { MaxPerCore = 0, TcpEstablishedTimeout = TimeSpan.Zero, TcpCloseWaitTimeout = TimeSpan.FromMilliseconds(900) });

        Assert.Empty(Said());
    }

    [Theory]
    [InlineData(0, 131072, 4, 0)]
    [InlineData(32768, 131072, 1, 131072)]
    [InlineData(32768, 131072, 4, 131072)]
    [InlineData(32768, 131072, 8, 262144)]
    [InlineData(32768, 131072, 32, 1048576)]
    [InlineData(32768, 131072, 256, 1048576)]
    [InlineData(32768, 2000000, 4, 2000000)]
    [InlineData(32768, 2000000, 64, 1048576)] // the cap, though the minimum is larger
    [InlineData(int.MaxValue, 0, 512, 1048576)]
    [InlineData(100, 0, 3, 300)]
    public void The_number_of_connections_grows_with_the_CPUs_between_bounds(int perCore, int min, int cpus, int max) =>
        Assert.Equal(max, ConntrackSysctls.MaxOf(new ConntrackOptions { MaxPerCore = perCore, Min = min }, cpus));

    [Theory]
    [InlineData("0\n", 1)]
    [InlineData("0-127\n", 128)]
    [InlineData("0-3,5,8-9\n", 7)]
    public void CPUs_are_the_machines_and_not_the_containers(string online, int count)
    {
        Write("devices/system/cpu/online", online);

        Assert.Equal(count, MachineCpus.Count(_root.FullName));
    }

    [Theory]
    [InlineData("")]
    [InlineData("all")]
    [InlineData("0-")]
    public void Without_the_kernels_word_CPUs_are_what_this_process_has(string online)
    {
        Write("devices/system/cpu/online", online);

        Assert.Equal(Environment.ProcessorCount, MachineCpus.Count(_root.FullName));
        Assert.Equal(Environment.ProcessorCount, MachineCpus.Count(Path.Combine(_root.FullName, "nowhere")));
    }

    [Fact]
    public void A_module_that_is_not_loaded_is_asked_for_and_if_that_does_not_help_it_is_the_error()
    {
        File.Delete(Path.Combine(_root.FullName, Max));
        Apply(new ConntrackOptions(), () => Write(Max, "1000\n"));
        Assert.Equal("229376", Read(Max));

        File.Delete(Path.Combine(_root.FullName, Max));
        var e = Assert.Throws<SysctlException>(() => Apply(new ConntrackOptions()));
        Assert.StartsWith(Prefix + "cannot read the kernel parameter net/netfilter/nf_conntrack_max: ", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_size_of_the_table_that_suffices_need_not_be_writable()
    {
        Write(HashSize, "65536\n");
        Apply(new ConntrackOptions());
        Assert.Equal("65536\n", Read(HashSize));

        File.Delete(Path.Combine(_root.FullName, HashSize));
        var e = Assert.Throws<SysctlException>(() => Apply(new ConntrackOptions()));
        Assert.StartsWith($"{Prefix}cannot set the size of the conntrack table to 57344 in ", e.Message, StringComparison.Ordinal);
        Assert.Contains("leave it alone with conntrack.maxPerCore: 0", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_first_error_ends_it()
    {
        Write("net/netfilter/nf_conntrack_tcp_timeout_established", "soon\n");

        var e = Assert.Throws<SysctlException>(() => Apply(new ConntrackOptions()));
        Assert.Equal(Prefix + "the kernel parameter net/netfilter/nf_conntrack_tcp_timeout_established is \"soon\", which is not a number", e.Message);
        Assert.Equal("60\n", Read("net/netfilter/nf_conntrack_tcp_timeout_close_wait"));
    }

    [Fact, Trait("needs", "root")]
    public async Task In_another_network_namespace_the_error_says_what_to_do_unless_the_value_suffices()
    {
        Root.SkipUnlessAvailable();
        await using var scratch = await ScratchNamespace.CreateAsync("sysctl", TestContext.Current.CancellationToken);
        const string file = "/proc/sys/net/netfilter/nf_conntrack_max";
        var current = int.Parse(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken), CultureInfo.InvariantCulture);
        if (current is < 8 or > ConntrackSysctls.LargestMax - 8) Assert.Skip($"the kernel tracks {current} connections");
        scratch.Net.Run(static () => new ConntrackSysctls(new RecordingLogger()).Apply(Leave(0)));

        // The table's size may not be ours to write either, but a quarter of less than what there is suffices on any kernel.
        scratch.Net.Run(() => new ConntrackSysctls(_logger).Apply(Leave(4)));
        Assert.Equal("\"nf_conntrack_max stays as it is, which is enough\"", Said()[^1].Split(" reason=")[0]);

        var e = Assert.Throws<SysctlException>(() => scratch.Net.Run(() => new ConntrackSysctls(_logger).Apply(Leave(current + 4))));
        Assert.Contains("only the machine's own network namespace can: run with hostNetwork: true", e.Message, StringComparison.Ordinal);

        static ConntrackOptions Leave(int max) => new()
        {
            MaxPerCore = max == 0 ? 0 : 1,
            Min = max,
            TcpEstablishedTimeout = TimeSpan.Zero,
            TcpCloseWaitTimeout = TimeSpan.Zero,
        };
    }

    public void Dispose() => _root.Delete(recursive: true);

    private void Apply(ConntrackOptions options, Action? loadModule = null) =>
        new ConntrackSysctls(_logger, _root.FullName, _root.FullName, loadModule ?? (static () => { })).Apply(options);

    private string[] Said() => [.. _logger.Lines.Select(static line => line.Text)];

    private string Read(string path) => File.ReadAllText(Path.Combine(_root.FullName, path));

    private void Write(string path, string text)
    {
        var file = new FileInfo(Path.Combine(_root.FullName, path));
        file.Directory!.Create();
        File.WriteAllText(file.FullName, text);
    }
}
