using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Shunt.Proxy.Kubernetes;

/// <summary>How a pod reaches its API server: two environment variables and the mounted service account.</summary>
internal static class InClusterConfig
{
    /// <summary>Where the kubelet mounts the service account.</summary>
    public const string ServiceAccountDirectory = "/var/run/secrets/kubernetes.io/serviceaccount";

    /// <summary>Reads the configuration.</summary>
    /// <param name="directory">The service account; <see cref="ServiceAccountDirectory"/> but for tests.</param>
    /// <param name="environment">Looks up a variable.</param>
    /// <exception cref="ConfigurationException">This is no pod, or its service account cannot be used.</exception>
    public static ApiServerOptions Load(string directory, Func<string, string?> environment)
    {
        var host = environment("KUBERNETES_SERVICE_HOST");
        var port = environment("KUBERNETES_SERVICE_PORT");
        if (string.IsNullOrEmpty(host) || string.IsNullOrEmpty(port))
        {
            throw new ConfigurationException(
                "no --kubeconfig, --master or --from was given, and KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set: this is not a pod");
        }

        var authority = host.Contains(':') && !host.StartsWith('[') ? $"[{host}]:{port}" : $"{host}:{port}";
        return new ApiServerOptions
        {
            Server = ServerUrl.Parse("https://" + authority, hasTls: true)
                ?? throw new ConfigurationException($"KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT make no URL: \"{authority}\""),
            CertificateAuthorities = ReadAuthorities(Path.Combine(directory, "ca.crt")),
            Files = CertificateFiles.Of([Path.Combine(directory, "ca.crt")], () => Load(directory, environment)),
            Credential = ReadToken(Path.Combine(directory, "token")),
        };
    }

    private static TokenFileCredential ReadToken(string file) =>
        File.Exists(file) ? new TokenFileCredential(file) : throw new ConfigurationException($"{file}: there is no service account token");

    private static X509Certificate2Collection ReadAuthorities(string file)
    {
        var authorities = new X509Certificate2Collection();
        try
        {
            authorities.ImportFromPemFile(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new ConfigurationException($"{file}: {e.Message}", e);
        }

        return authorities.Count > 0 ? authorities : throw new ConfigurationException($"{file}: holds no PEM certificate");
    }
}
