using Shunt.Backends.Iptables;
using Shunt.Backends.Tests.Tracing;
using Shunt.Model;
using Shunt.Testing.Builders;
using Shunt.Testing.Iptables;
using Shunt.Testing.Tracing;

namespace Shunt.Backends.Tests.Iptables;

/// <summary>Law 5: the rules do to every packet what the reference balancer, which knows no rules, says of it.</summary>
public sealed class IptablesPolicyTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 25), Random.Shared.Next()];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Rules_and_reference_balancer_agree_on_every_packet(int seed)
    {
        var random = new RandomObjects(seed);
        var family = random.Chance(60) ? IpFamily.IPv4 : IpFamily.IPv6;
        var state = PolicyLaw.RandomState(random, family);
        var rules = PolicyLaw.RandomRules(random, family, state.NodePortAddresses);

        var differences = PolicyLaw.Differences(state, rules, Tracer(state, rules, seed % 2 == 0).Trace, anyClaimant: true);

        Assert.True(differences.Count == 0, $"seed {seed}: {string.Join(Environment.NewLine, differences.Take(10))}");
    }

    private static IptablesTracer Tracer(DesiredState state, TrafficRules rules, bool tree)
    {
        var options = new IptablesOptions
        {
            Family = state.Family,
            Detector = rules.LocalDetector,
            MasqueradeAll = rules.MasqueradeAll,
            LocalhostNodePorts = rules.LocalhostNodePorts,
            Dispatch = tree ? IptablesDispatch.Tree : IptablesDispatch.Linear,
        };
        var kernel = new FakeIptables();
        kernel.Restore(IptablesFixture.Text(new IptablesCompiler(options).Compile(state)));
        return IptablesTracer.Of(kernel.Save(), PolicyLaw.NodeAddresses);
    }
}
