using System.Net;
using System.Reflection;

namespace Shunt.Proxy.Demo;

/// <summary>The cluster of manifests/demo as files in a directory of its own, to be edited while the agent watches them.</summary>
internal sealed class DemoCluster : IDisposable
{
    private const string ResourcePrefix = "demo/";

    /// <summary>The Service <c>default/web</c>.</summary>
    public static readonly IPEndPoint Web = IPEndPoint.Parse("10.96.0.10:80");

    /// <summary>The same by a port of the node.</summary>
    public static readonly IPEndPoint WebNodePort = new(DemoNetwork.NodeAddress, 30080);

    /// <summary>The Service <c>default/empty</c>, which has no endpoints.</summary>
    public static readonly IPEndPoint Empty = IPEndPoint.Parse("10.96.0.20:80");

    /// <summary>Writes the files.</summary>
    public DemoCluster()
    {
        Directory = System.IO.Directory.CreateTempSubdirectory("shunt-demo-").FullName;
        var assembly = Assembly.GetExecutingAssembly();
        foreach (var resource in assembly.GetManifestResourceNames())
        {
            if (!resource.StartsWith(ResourcePrefix, StringComparison.Ordinal)) continue;
            using var from = assembly.GetManifestResourceStream(resource)!; // just listed
            using var to = File.Create(PathOf(resource[ResourcePrefix.Length..]));
            from.CopyTo(to);
        }
    }

    /// <summary>Where the files are.</summary>
    public string Directory { get; }

    /// <summary>Removes an endpoint from its EndpointSlice; returns the line that went.</summary>
    public string RemoveEndpoint(IPAddress address)
    {
        var slice = PathOf("web-endpoints.yaml");
        var lines = File.ReadAllLines(slice);
        var gone = Array.FindIndex(lines, line => line.Contains($"[{address}]", StringComparison.Ordinal));
        var edited = PathOf(".edited"); // replaced as a whole, as editors do: nobody reads half a file
        File.WriteAllLines(edited, lines.Where((_, i) => i != gone));
        File.Move(edited, slice, overwrite: true);
        return lines[gone].Trim();
    }

    /// <inheritdoc/>
    public void Dispose() => System.IO.Directory.Delete(Directory, recursive: true);

    private string PathOf(string name) => Path.Combine(Directory, name);
}
