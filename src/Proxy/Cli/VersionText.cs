using System.Reflection;
using System.Runtime.InteropServices;
using Shunt.Proxy.Options;

namespace Shunt.Proxy.Cli;

/// <summary>What <c>--version</c> prints: the version of Kubernetes first, as scripts expect it of kube-proxy, and our own.</summary>
internal static class VersionText
{
    /// <summary>Our own version, without what the build appends.</summary>
    public static string Own =>
        typeof(VersionText).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "unknown";

    /// <summary>One line for people: <c>Kubernetes v1.36.2 (shunt 0.1.0)</c>.</summary>
    public static string Line => $"Kubernetes {KubernetesVersion.Current} (shunt {Own})";

    /// <summary>The parts, in the form kube-proxy prints them in.</summary>
    public static string Raw
    {
        get
        {
            var minor = KubernetesVersion.CurrentMinor.Split('.');
            var platform = $"linux/{RuntimeInformation.ProcessArchitecture switch { Architecture.X64 => "amd64", var other => other.ToString().ToLowerInvariant() }}";
            return $"version.Info{{Major:\"{minor[0]}\", Minor:\"{minor[1]}\", GitVersion:\"{KubernetesVersion.Current}\", "
                + $"Shunt:\"{Own}\", Runtime:\"{RuntimeInformation.FrameworkDescription}\", Platform:\"{platform}\"}}";
        }
    }

    /// <summary>What the command line wants printed instead of anything being done; null when it does not.</summary>
    /// <param name="args">The command line.</param>
    /// <param name="problem">What is wrong with the flag; empty when nothing is.</param>
    public static string? Requested(IReadOnlyList<string> args, out string problem)
    {
        problem = "";
        if (args is ["version"]) return Line;
        string? requested = null;
        foreach (var arg in args)
        {
            if (arg != "--version" && !arg.StartsWith("--version=", StringComparison.Ordinal)) continue;
            switch (arg.Length > 10 ? arg[10..] : "true")
            {
                case "true" or "TRUE" or "True" or "t" or "T" or "1":
                    requested = Line;
                    break;
                case "raw":
                    requested = Raw;
                    break;
                case "false" or "FALSE" or "False" or "f" or "F" or "0":
                    break;
                case var other:
                    problem = $"--version: \"{other}\" is none of true, false, raw";
                    break;
            }
        }

        return requested;
    }
}
