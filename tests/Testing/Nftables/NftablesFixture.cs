using Shunt.Backends;
using Shunt.Backends.Nftables;
using Shunt.Model;

namespace Shunt.Testing.Nftables;

/// <summary>Short ways to make the parts of nftables mode.</summary>
public static class NftablesFixture
{
    /// <summary>The options of the upstream tests: a detector by 10.0.0.0/8 (fd00:10::/64).</summary>
    public static NftablesOptions Options(IpFamily family = IpFamily.IPv4) => new()
    {
        Family = family,
        Detector = LocalDetector.ByCidr(IpPrefix.Parse(family == IpFamily.IPv4 ? "10.0.0.0/8" : "fd00:10::/64")),
    };

    /// <summary>A dataplane over a kernel.</summary>
    public static Dataplane<NftablesProgram, NftablesDelta> Dataplane(IKernel<NftablesProgram, NftablesDelta> kernel, NftablesOptions options) =>
        new("nftables", options.Family, new NftablesCompiler(options), new NftablesDiffer(options.Family), kernel);

    /// <summary>What a kernel's table means, line by line.</summary>
    public static async Task<IReadOnlyList<string>> MeaningAsync(IKernel<NftablesProgram, NftablesDelta> kernel, IpFamily family, CancellationToken ct) =>
        NftablesMeaning.Of((await kernel.ReadAsync(ct)).Image!, family);
}
