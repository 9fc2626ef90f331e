using System.Text.RegularExpressions;
using Shunt.Kernel.Tests.Iptables;
using Shunt.Testing;
using Shunt.Testing.Agent;
using Shunt.Testing.Network;

namespace Shunt.Kernel.Tests.Agent;

/// <summary>The agent with what the manifests let it have: their capabilities, no new privileges, kernel parameters it can only read.</summary>
[Trait("needs", "root")]
public sealed class CapabilitiesTests
{
    private const string Base = "manifests/base/daemonset.yaml";
    private const string Legacy = "manifests/legacy-iptables/kustomization.yaml";

    // Only the machine's own network namespace can set how many connections are tracked, so that is left alone.
    private static readonly string[] Flags =
        ["--from", Repository.PathOf("manifests/demo"), "--hostname-override", "demo-node", "--conntrack-max-per-core", "0"];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("nft", Base)]
    [InlineData("legacy", Legacy)]
    public async Task The_capabilities_of_the_manifest_are_enough(string variant, string manifest)
    {
        Root.SkipUnlessAvailable($"iptables-{variant}", "setpriv");
        await using var at = await ScratchNamespace.CreateAsync("confined", Ct);
        await InitializeAsync(at, variant);
        var capabilities = CapabilitiesIn(manifest);

        var run = await ConfinedAsync(at, capabilities, ["run", "--once", "--shunt-iptables-variant", variant, .. Flags]);
        var plan = await ConfinedAsync(at, capabilities, ["plan", "--shunt-iptables-variant", variant, .. Flags]);

        Assert.True(run.ExitCode == 0, run.Error);
        Assert.True(plan.ExitCode == 0, plan.Output);
        Assert.Contains(await SavedRules.ReadAsync(at, $"iptables-{variant}", Ct), static rule => rule.Contains("default/web:http", StringComparison.Ordinal));
        Assert.NotEmpty(await SavedRules.ReadAsync(at, $"ip6tables-{variant}", Ct));
    }

    [Fact]
    public async Task In_nftables_mode_they_are_enough_and_no_program_is_needed()
    {
        Root.SkipUnlessAvailable("nft", "setpriv");
        await using var at = await ScratchNamespace.CreateAsync("confined", Ct);
        (await ShuntAgent.RunAsync(at, ["run", "--init-only", "--proxy-mode", "nftables", .. Flags], Ct)).EnsureSuccess();
        var capabilities = CapabilitiesIn(Base);

        var run = await ConfinedAsync(at, capabilities, ["run", "--once", "--proxy-mode", "nftables", .. Flags], path: "/nowhere");
        var plan = await ConfinedAsync(at, capabilities, ["plan", "--proxy-mode", "nftables", .. Flags], path: "/nowhere");

        Assert.True(run.ExitCode == 0, run.Error);
        Assert.True(plan.ExitCode == 0, plan.Output);
        Assert.Contains("default/web:http", (await at.RunAsync("nft", ["list", "table", "ip", "shunt"], null, Ct)).EnsureSuccess().Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Legacy_iptables_takes_one_capability_more()
    {
        Root.SkipUnlessAvailable("iptables-legacy", "setpriv");
        await using var at = await ScratchNamespace.CreateAsync("confined", Ct);
        await InitializeAsync(at, "legacy");

        var run = await ConfinedAsync(at, CapabilitiesIn(Base), ["run", "--once", "--shunt-iptables-variant", "legacy", .. Flags]);

        Assert.Equal(1, run.ExitCode);
        Assert.Equal(["NET_RAW"], CapabilitiesIn(Legacy).Except(CapabilitiesIn(Base)));
    }

    [Fact]
    public async Task Without_the_init_container_a_kernel_parameter_is_named_and_so_is_who_sets_it()
    {
        Root.SkipUnlessAvailable("iptables-nft", "setpriv");
        await using var at = await ScratchNamespace.CreateAsync("confined", Ct);

        var run = await ConfinedAsync(at, CapabilitiesIn(Base), ["run", "--once", "--shunt-iptables-variant", "nft", .. Flags]);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains(run.Error.Split('\n'), static line =>
            line.Contains("cannot set the kernel parameter net/", StringComparison.Ordinal) && line.Contains("--init-only", StringComparison.Ordinal));
        Assert.Empty(await SavedRules.ReadAsync(at, "iptables-nft", Ct));
    }

    /// <summary>What the init container does.</summary>
    private static async Task InitializeAsync(ScratchNamespace at, string variant) =>
        (await ShuntAgent.RunAsync(at, ["run", "--init-only", "--shunt-iptables-variant", variant, .. Flags], Ct)).EnsureSuccess();

    /// <summary>Runs the agent as a container that is not privileged would.</summary>
    private static Task<CommandResult> ConfinedAsync(ScratchNamespace at, IEnumerable<string> capabilities, IReadOnlyList<string> arguments, string path = "")
    {
        var set = "-all," + string.Join(',', capabilities.Select(static name => $"+{name.ToLowerInvariant()}"));
        const string readOnly = "mount --bind /proc/sys /proc/sys && mount -o remount,bind,ro /proc/sys && exec \"$@\"";
        return at.RunAsync(
            "sh",
            ["-c", readOnly, "confined", "setpriv", "--no-new-privs", "--inh-caps", set, "--ambient-caps", set, "--bounding-set", set, .. path.Length == 0 ? [] : new[] { "/usr/bin/env", $"PATH={path}" }, ShuntAgent.Path, .. arguments],
            null,
            Ct);
    }

    /// <summary>What a manifest adds: the list in its only line for it.</summary>
    private static string[] CapabilitiesIn(string manifest)
    {
        var list = Regex.Match(File.ReadAllText(Repository.PathOf(manifest)), @"^ *(?:add|value): \[(.*)\]$", RegexOptions.Multiline);
        return list.Groups[1].Value.Split(',', StringSplitOptions.TrimEntries);
    }
}
