using Microsoft.Extensions.Logging.Abstractions;
using Shunt.Model;
using Shunt.Proxy.Node;
using Shunt.Testing.Logging;

namespace Shunt.Proxy.Tests.Node;

/// <summary>Node names, addresses, families and kernel parameters.</summary>
public sealed class NodeAndKernelTests : IDisposable
{
    private readonly DirectoryInfo _proc = Directory.CreateTempSubdirectory("shunt-proc-");

    [Theory]
    [InlineData("", "Host.Example", "host.example")]
    [InlineData(" Node-1 ", "host", "node-1")]
    public void The_name_is_the_override_or_the_host_name_trimmed_and_lower_case(string given, string host, string name) =>
        Assert.Equal(name, NodeName.Resolve(given, host));

    [Fact]
    public void A_blank_override_is_an_error()
    {
        var e = Assert.Throws<ConfigurationException>(static () => NodeName.Resolve("  ", "host"));
        Assert.Equal("empty hostname-override is invalid", e.Message);
        Assert.Throws<ConfigurationException>(static () => NodeName.Resolve("", " "));
    }

    [Fact]
    public void The_machines_addresses_include_loopback_each_once()
    {
        var addresses = NodeAddresses.Read();

        Assert.Contains(IpAddr.Parse("127.0.0.1"), addresses);
        Assert.Equal(addresses.Distinct().Order(), addresses);
    }

    [Fact]
    public void IPv4_is_always_there() => Assert.True(new IpFamilies(NullLogger.Instance, _proc.FullName).IsSupported(IpFamily.IPv4));

    [Theory]
    [InlineData(false, null, false, "\"No kernel support for family\" ipFamily=\"IPv6\"")]
    [InlineData(true, null, true, "")]
    [InlineData(true, "0\n", true, "")]
    [InlineData(true, "1\n", false, "\"Kernel support disabled for family\" ipFamily=\"IPv6\"")]
    public void IPv6_needs_the_kernels_support_and_not_to_be_disabled(bool present, string? disabled, bool supported, string said)
    {
        var logger = new RecordingLogger();
        if (present) Write("net/if_inet6", "");
        if (disabled is not null) Write("sys/net/ipv6/conf/all/disable_ipv6", disabled);

        Assert.Equal(supported, new IpFamilies(logger, _proc.FullName).IsSupported(IpFamily.IPv6));
        Assert.Equal(said, string.Join('|', logger.Lines.Select(static line => line.Text)));
    }

    [Fact]
    public void A_kernel_parameter_is_written_only_when_it_differs()
    {
        var logger = new RecordingLogger();
        var sysctls = new Sysctls(logger, _proc.FullName);
        Write(Sysctls.RouteLocalnet, "0\n");

        sysctls.Ensure(Sysctls.RouteLocalnet, 1);
        sysctls.Ensure(Sysctls.RouteLocalnet, 1);

        Assert.Equal(1, sysctls.Read(Sysctls.RouteLocalnet));
        Assert.Equal(1, logger.Count("\"Set sysctl\" entry=\"net/ipv4/conf/all/route_localnet\" value=1"));
    }

    [Fact]
    public void A_kernel_parameter_that_is_missing_or_no_number_is_named()
    {
        var sysctls = new Sysctls(NullLogger.Instance, _proc.FullName);
        Write("net/odd", "many\n");

        Assert.Contains("net/none", Assert.Throws<SysctlException>(() => sysctls.Read("net/none")).Message, StringComparison.Ordinal);
        Assert.Equal("the kernel parameter net/odd is \"many\", which is not a number", Assert.Throws<SysctlException>(() => sysctls.Read("net/odd")).Message);
        Assert.Equal(0, sysctls.ReadOr(Sysctls.ConntrackTcpBeLiberal, 0));
    }

    public void Dispose() => _proc.Delete(recursive: true);

    private void Write(string path, string text)
    {
        var file = new FileInfo(Path.Combine(_proc.FullName, path));
        file.Directory!.Create();
        File.WriteAllText(file.FullName, text);
    }
}
