using System.Collections.Immutable;
using Shunt.Proxy.Options;
using Shunt.Proxy.Options.Configuration;

namespace Shunt.Proxy.Tests.Options;

public sealed class UnhonouredSettingsTests
{
    [Fact]
    public void Defaults_leave_nothing_to_say() => Assert.Empty(UnhonouredSettings.Of(new ShuntOptions()));

    [Fact]
    public void What_was_set_and_has_no_effect_is_named()
    {
        var options = new ShuntOptions
        {
            Configuration = EffectiveConfiguration.Default with
            {
                PortRange = "1-2",
                HostnameOverride = "a",
                Winkernel = new KubeProxyWinkernelConfiguration { EnableDSR = true },
                ClientConnection = EffectiveConfiguration.Default.ClientConnection with { Qps = 50 },
                IPVS = new KubeProxyIPVSConfiguration { Scheduler = "lc" },
                FeatureGates = KubeProxyConfiguration.EmptyGates
                    .Add("AllowServiceExternalIPs", false).Add("ContextualLogging", false).Add("ComponentFlagz", true),
            },
            GivenFlags = ["--boot-id-file", "--proxy-mode"],
        };

        Assert.Equal(
            ["clientConnection.qps", "winkernel.enableDSR", "portRange", "featureGates.ContextualLogging", "--boot-id-file"], UnhonouredSettings.Of(options));
    }

    [Fact]
    public void Every_field_and_flag_and_gate_it_knows_exists()
    {
        var paths = KubeProxyConfigurationSchema.Schema.Paths.ToImmutableHashSet();

        Assert.All(UnhonouredSettings.Fields, field => Assert.Contains(field, paths));
        Assert.All(UnhonouredSettings.Flags, static flag => Assert.Contains(flag, Shunt.Proxy.Cli.AgentFlags.ByName.Keys));
        Assert.All(UnhonouredSettings.Gates, static gate => Assert.Contains(gate, FeatureGates.Known.Keys));
    }
}
