namespace Shunt.Proxy.Options;

/// <summary>The version of Kubernetes whose kube-proxy this agent takes the place of.</summary>
internal static class KubernetesVersion
{
    /// <summary>The version, as <c>--version</c> prints it.</summary>
    public const string Current = "v1.36.2";

    /// <summary>Major and minor of <see cref="Current"/>.</summary>
    public const string CurrentMinor = "1.36";

    /// <summary>The minor version before.</summary>
    public const string PreviousMinor = "1.35";
}
