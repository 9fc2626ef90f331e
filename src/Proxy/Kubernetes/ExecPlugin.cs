using System.Collections.Immutable;

namespace Shunt.Proxy.Kubernetes;

/// <summary>The <c>exec</c> entry of a kubeconfig user: a program that prints a credential.</summary>
internal sealed record ExecPlugin
{
    /// <summary>The program; a path with a slash has been made absolute.</summary>
    public required string Command { get; init; }

    /// <summary><c>client.authentication.k8s.io/v1</c> or <c>v1beta1</c>.</summary>
    public required string ApiVersion { get; init; }

    /// <summary>Its arguments.</summary>
    public ImmutableArray<string> Arguments { get; init; } = [];

    /// <summary>Variables added to its environment.</summary>
    public ImmutableArray<KeyValuePair<string, string>> Environment { get; init; } = [];

    /// <summary>What to tell the user when the program is not there; may be empty.</summary>
    public string InstallHint { get; init; } = "";

    /// <summary>The JSON handed over in KUBERNETES_EXEC_INFO.</summary>
    public required string ExecInfo { get; init; }
}
