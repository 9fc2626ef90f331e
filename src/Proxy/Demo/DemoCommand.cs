using Shunt.Netlink;

namespace Shunt.Proxy.Demo;

/// <summary><c>shunt demo</c>: builds the stage, plays, and clears it away, whatever happens.</summary>
internal static class DemoCommand
{
    private const int Failure = 1;

    /// <summary>Plays the demo.</summary>
    /// <returns>0 when everything went as it should; 1 when something did not, or nothing could be shown here.</returns>
    public static async Task<int> RunAsync(TextWriter output, CancellationToken ct)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            await output.WriteLineAsync("shunt demo needs to be root over networks of its own. As a plain user: make demo, or".AsMemory(), ct);
            await output.WriteLineAsync("  unshare --map-root-user --net --mount sh -c 'mount -t tmpfs tmpfs /run && shunt demo'".AsMemory(), ct);
            return Failure;
        }

        try
        {
            await PlayAsync(output, ct);
            return 0;
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            await output.WriteLineAsync("\nInterrupted; cleaned up.");
            return Failure;
        }
        catch (Exception e) when (e is DemoException or NetlinkException or IOException or UnauthorizedAccessException)
        {
            await output.WriteLineAsync($"\nThe demo cannot go on: {e.Message}");
            return Failure;
        }
    }

    private static async Task PlayAsync(TextWriter output, CancellationToken ct)
    {
        using var cluster = new DemoCluster();
        await using var network = await DemoNetwork.CreateAsync(ct);
        var servers = new List<DemoServer>();
        try
        {
            foreach (var pod in network.Backends) servers.Add(new DemoServer(pod));
            await new DemoPlay(output, cluster, network, TimeProvider.System).RunAsync(ct);
        }
        finally
        {
            foreach (var server in servers) await server.DisposeAsync();
        }
    }
}
