using Shunt.Backends.Nftables;
using Shunt.Model;
using Shunt.Proxy.Cli;

namespace Shunt.Proxy.Tests.Cli;

public sealed class ServicesCommandTests
{
    [Theory]
    [InlineData("services")]
    [InlineData("services ns/web")]
    public async Task It_is_asked_for_one_service_or_all(string command)
    {
        using var fixture = new CommandLineFixture();

        await fixture.InvokeAsync(command.Split(' '));

        Assert.Equal(command, fixture.Called);
    }

    [Fact]
    public void Frontends_are_a_table_service_by_service()
    {
        var output = new StringWriter { NewLine = "\n" };

        ServicesCommand.Write(
            [
                Frontend("NodePort", default, 30080) with { Policy = "Local (others)", Endpoints = ["10.0.0.1:8080"] },
                Frontend("NodePort", default, 30080) with { Policy = "Local (pods, node)", Endpoints = ["10.0.0.1:8080", "10.0.0.2:8080"] },
                Frontend("ClusterIP", IpAddr.Parse("10.96.0.10"), 80) with { Endpoints = ["10.0.0.1:8080"], AffinitySeconds = 10800 },
                Frontend("address", IpAddr.Parse("fd00::1"), 80) with { Service = "ns/empty", Policy = "-", Verdict = "reject", HasSourceRanges = true },
            ],
            output);

        Assert.Equal(
            """
            SERVICE      FRONTEND           KIND       POLICY              ENDPOINTS
            ns/empty     [fd00::1]:80/TCP   address    -                   reject (source ranges)
            ns/web:http  10.96.0.10:80/TCP  ClusterIP  Cluster             10.0.0.1:8080 (ClientIP, 10800 s)
            ns/web:http  30080/TCP          NodePort   Local (pods, node)  10.0.0.1:8080, 10.0.0.2:8080
            ns/web:http  30080/TCP          NodePort   Local (others)      10.0.0.1:8080

            """,
            output.ToString());
    }

    private static ServedFrontend Frontend(string kind, IpAddr address, ushort port) =>
        new() { Service = "ns/web:http", Kind = kind, Address = address, Port = port, Protocol = Protocol.Tcp };
}
