using Microsoft.Extensions.Logging;

namespace Shunt.Proxy.Kubernetes;

/// <summary>Chooses where the API server's address and credentials come from, as kube-proxy does from the same flags.</summary>
internal static class ClientConfig
{
    /// <summary>
    /// The kubeconfig with <paramref name="master"/> in place of its server; without one, <paramref name="master"/> without credentials;
    /// with neither, the pod's own configuration.
    /// </summary>
    /// <param name="kubeconfig">A file; empty for none.</param>
    /// <param name="master">A URL; empty for none.</param>
    /// <param name="time">For credentials that expire.</param>
    /// <param name="logger">Told when it is the pod's own.</param>
    /// <exception cref="ConfigurationException">What was chosen cannot be used.</exception>
    public static ApiServerOptions Load(string kubeconfig, string master, TimeProvider time, ILogger logger)
    {
        if (kubeconfig.Length == 0 && master.Length == 0) Log.InCluster(logger);
        return Load(kubeconfig, master, time);
    }

    /// <summary>As the other, without a word.</summary>
    /// <exception cref="ConfigurationException">What was chosen cannot be used.</exception>
    public static ApiServerOptions Load(string kubeconfig, string master, TimeProvider time)
    {
        if (kubeconfig.Length > 0) return KubeConfig.Load(kubeconfig, "", master, time);
        if (master.Length == 0) return InClusterConfig.Load(InClusterConfig.ServiceAccountDirectory, Environment.GetEnvironmentVariable);
        var server = ServerUrl.Parse(master, hasTls: false) ?? throw new ConfigurationException($"--master \"{master}\" is not a URL");
        return new ApiServerOptions { Server = server, Credential = Credential.None };
    }
}
