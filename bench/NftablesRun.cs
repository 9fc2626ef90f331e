using Shunt.Testing;

namespace Shunt.Bench;

/// <summary>
/// What nftables mode costs, on the real kernel in network namespaces: loads, single changes, memory, the first packet of a connection; and
/// beside it, in the same run, what kube-proxy's layout costs by way of <c>nft</c>.
/// </summary>
internal static class NftablesRun
{
    /// <summary>Runs everything the command line asks for and writes the report.</summary>
    /// <returns>0, or 1 when it cannot be measured here.</returns>
    public static async Task<int> RunAsync(string[] args, TextWriter output)
    {
        var options = NftablesRunOptions.Parse(args);
        if (WhyNot() is { } reason)
        {
            await output.WriteLineAsync($"nftables mode cannot be measured: {reason}");
            return 1;
        }

        var results = new List<NftablesResult>();
        await NftablesSizeRun.WarmUpAsync();
        foreach (var (services, endpoints) in options.Sizes)
        {
            await using var run = await NftablesSizeRun.StartAsync(options, services, endpoints);
            Say(await run.LoadAsync());
            foreach (var result in await run.ChangeAsync()) Say(result);
        }

        Say(await KernelMemory.WeighAsync(options.Weighings));
        foreach (var result in await FirstPacketRun.RunAsync(options.PacketRounds)) Say(result);
        await NftablesReport.WriteAsync(results);
        return 0;

        void Say(NftablesResult result)
        {
            results.Add(result);
            output.WriteLine(NftablesReport.Row(result));
        }
    }

    private static string? WhyNot()
    {
        if (!Environment.IsPrivilegedProcess) return "it takes root, to make a network namespace";
        foreach (var program in (string[])["ip", "nft"])
        {
            if (CommandRunner.Find(program) is null) return $"{program} is not installed";
        }

        return null;
    }
}
