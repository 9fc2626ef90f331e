using System.Text.Json;
using Shunt.Backends;
using Shunt.Model;
using Shunt.Proxy.Cli;
using Shunt.Testing.Dataplanes;

namespace Shunt.Proxy.Tests.Cli;

public sealed class PlanPrinterTests : IDisposable
{
    private static readonly FamilyPlan V4 = new(IpFamily.IPv4, "iptables", new ListedPlan(
        new ServiceChange("", ["-A KUBE-POSTROUTING -j MASQUERADE"], []),
        new ServiceChange("ns/api/TCP", [], ["-A KUBE-SVC-OLD -j X"]),
        new ServiceChange("ns/web:http/TCP", ["-A A -m comment --comment \"ns/web:http <a>\"", "-A B"], ["-A C"])));

    private static readonly FamilyPlan V6 = new(IpFamily.IPv6, "iptables", new ListedPlan(new ServiceChange("ns/web:http/TCP", ["-A D"], [])));

    private static readonly FamilyPlan[] None = [new(IpFamily.IPv4, "iptables", new ListedPlan()), new(IpFamily.IPv6, "iptables", new ListedPlan())];

    private readonly StringWriter _output = new();

    public void Dispose() => _output.Dispose();

    [Fact]
    public void Text_has_services_first_then_rules_then_the_sum()
    {
        Assert.Equal(2, PlanPrinter.Print([V4, V6], PlanOutput.Text, _output));

        Assert.Equal(
            """
            Services:
              + (shared by all services)  IPv4  1 to add
              - ns/api/TCP                IPv4  1 to remove
              ~ ns/web:http/TCP           IPv4  2 to add, 1 to remove
              + ns/web:http/TCP           IPv6  1 to add

            Rules:
              (shared by all services) (IPv4)
                + -A KUBE-POSTROUTING -j MASQUERADE
              ns/api/TCP (IPv4)
                - -A KUBE-SVC-OLD -j X
              ns/web:http/TCP (IPv4)
                - -A C
                + -A A -m comment --comment "ns/web:http <a>"
                + -A B
              ns/web:http/TCP (IPv6)
                + -A D

            Plan: 4 to add, 2 to remove, 2 service ports changed

            """,
            _output.ToString());
    }

    [Fact]
    public void No_changes_is_one_line_and_exit_code_0()
    {
        Assert.Equal(0, PlanPrinter.Print(None, PlanOutput.Text, _output));
        Assert.Equal("No changes. The kernel is as desired.\n", _output.ToString());
    }

    [Fact]
    public void Json_has_every_change_with_its_rules()
    {
        Assert.Equal(2, PlanPrinter.Print([V4, V6], PlanOutput.Json, _output));

        using var json = JsonDocument.Parse(_output.ToString());
        var root = json.RootElement;
        Assert.False(root.GetProperty("inSync").GetBoolean());
        Assert.Equal(4, root.GetProperty("toAdd").GetInt32());
        Assert.Equal(2, root.GetProperty("toRemove").GetInt32());
        Assert.Equal(2, root.GetProperty("servicePortsChanged").GetInt32());
        var v4 = root.GetProperty("families")[0];
        Assert.Equal(("IPv4", "iptables"), (v4.GetProperty("family").GetString(), v4.GetProperty("mode").GetString()));
        var web = v4.GetProperty("changes")[2];
        Assert.Equal("ns/web:http/TCP", web.GetProperty("service").GetString());
        Assert.Equal("change", web.GetProperty("action").GetString());
        Assert.Equal("-A A -m comment --comment \"ns/web:http <a>\"", web.GetProperty("added")[0].GetString());
        Assert.Equal("-A C", web.GetProperty("removed")[0].GetString());
        Assert.Equal("remove", v4.GetProperty("changes")[1].GetProperty("action").GetString());
    }

    [Fact]
    public void Json_of_nothing_to_do_says_so()
    {
        Assert.Equal(0, PlanPrinter.Print(None, PlanOutput.Json, _output));

        using var json = JsonDocument.Parse(_output.ToString());
        Assert.True(json.RootElement.GetProperty("inSync").GetBoolean());
        Assert.Equal(2, json.RootElement.GetProperty("families").GetArrayLength());
    }

    [Fact]
    public void Restore_is_each_familys_transaction_under_its_name()
    {
        Assert.Equal(2, PlanPrinter.Print([V6, None[0]], PlanOutput.Restore, _output));
        Assert.Equal("# IPv6 (iptables)\n-A D\n", _output.ToString());
    }
}
