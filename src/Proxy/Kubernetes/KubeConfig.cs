using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Shunt.Proxy.Sources.Manifests;
using YamlDotNet.Core;

namespace Shunt.Proxy.Kubernetes;

/// <summary>A kubeconfig file, read for one of its contexts.</summary>
internal sealed partial class KubeConfig
{
    private readonly string _path;
    private readonly JsonElement _cluster;
    private readonly JsonElement _user;

    private KubeConfig(string path, JsonElement cluster, JsonElement user)
    {
        _path = path;
        _cluster = cluster;
        _user = user;
    }

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="context">The context; empty for the file's current one.</param>
    /// <param name="master">A URL that takes the place of the cluster's; empty for none.</param>
    /// <param name="time">For credentials that expire.</param>
    /// <exception cref="ConfigurationException">The file, or something it names, cannot be used.</exception>
    public static ApiServerOptions Load(string path, string context, string master, TimeProvider time)
    {
        using var document = Parse(path);
        var root = document.RootElement;
        var name = context.Length > 0 ? context : root.Text("current-context");
        if (name.Length == 0) throw new ConfigurationException($"kubeconfig {path}: current-context is not set");
        var chosen = Required(root, "contexts", name, $"kubeconfig {path}: there is no context \"{name}\"").Child("context");
        var clusterName = chosen.Text("cluster");
        var cluster = Required(root, "clusters", clusterName, $"kubeconfig {path}: context \"{name}\" names the unknown cluster \"{clusterName}\"");
        var userName = chosen.Text("user");
        var user = userName.Length == 0
            ? default
            : Required(root, "users", userName, $"kubeconfig {path}: context \"{name}\" names the unknown user \"{userName}\"");
        var config = new KubeConfig(path, cluster.Child("cluster"), user.Child("user"));
        return config.ToOptions(master, time) with { Files = CertificateFiles.Of(config.CertificatePaths(), () => Load(path, context, master, time)) };
    }

    private static JsonElement Required(JsonElement root, string list, string name, string complaint)
    {
        var found = root.Named(list, name);
        return found.ValueKind == JsonValueKind.Object ? found : throw new ConfigurationException(complaint);
    }

    private static JsonDocument Parse(string path)
    {
        try
        {
            var documents = YamlDocument.ParseAll(File.ReadAllText(path));
            if (documents.Count != 1) throw new ConfigurationException($"kubeconfig {path}: has {documents.Count} documents instead of one");
            return JsonDocument.Parse(documents[0].Json);
        }
        catch (YamlException e)
        {
            throw new ConfigurationException($"kubeconfig {path}:{YamlDocument.Describe(e)}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException($"kubeconfig {path}: {e.Message}", e);
        }
    }

    private ApiServerOptions ToOptions(string master, TimeProvider time)
    {
        var authorities = ReadAuthorities();
        var certificates = ReadClientCertificates();
        var insecure = _cluster.Flag("insecure-skip-tls-verify");
        if (insecure && authorities.Count > 0)
            throw Bad("insecure-skip-tls-verify and certificate-authority exclude each other");
        var proxy = _cluster.Text("proxy-url");
        var server = master.Length > 0 ? master : _cluster.Text("server");
        var hasTls = insecure || authorities.Count > 0 || certificates.Count > 0;
        return new ApiServerOptions
        {
            Server = ServerUrl.Parse(server, hasTls) ?? throw Bad($"server \"{server}\" is not a URL"),
            TlsServerName = _cluster.Text("tls-server-name"),
            InsecureSkipTlsVerify = insecure,
            CertificateAuthorities = authorities,
            ClientCertificates = certificates,
            Proxy = proxy.Length == 0 ? null : ParseProxy(proxy),
            Credential = ReadCredential(time),
        };
    }

    private Uri ParseProxy(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" or "socks5"
            ? uri
            : throw Bad($"proxy-url \"{text}\" is not an http, https or socks5 URL");

    private X509Certificate2Collection ReadAuthorities()
    {
        var authorities = new X509Certificate2Collection();
        if (ReadPem(_cluster, "certificate-authority") is not { } pem) return authorities;
        ImportPem(authorities, pem, "certificate-authority");
        return authorities;
    }

    private X509Certificate2Collection ReadClientCertificates()
    {
        var certificates = new X509Certificate2Collection();
        var certificate = ReadPem(_user, "client-certificate");
        var key = ReadPem(_user, "client-key");
        if (certificate is null && key is null) return certificates;
        if (certificate is null || key is null) throw Bad("client-certificate and client-key go together, and one is missing");
        ImportPem(certificates, certificate, "client-certificate");
        try
        {
            certificates[0] = X509Certificate2.CreateFromPem(certificate, key);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException) // a key of another certificate is an argument to it
        {
            throw Bad($"client-certificate and client-key do not fit or are not PEM: {e.Message}", e);
        }

        return certificates;
    }

    private ImmutableArray<string> CertificatePaths() =>
    [
        .. new[] { PathOf(_cluster, "certificate-authority"), PathOf(_user, "client-certificate"), PathOf(_user, "client-key") }
            .Where(static file => file.Length > 0)
            .Select(Resolve),
    ];

    private void ImportPem(X509Certificate2Collection collection, string pem, string field)
    {
        try
        {
            collection.ImportFromPem(pem);
        }
        catch (CryptographicException e)
        {
            throw Bad($"{field} is not a PEM certificate: {e.Message}", e);
        }

        if (collection.Count == 0) throw Bad($"{field} holds no PEM certificate");
    }

    /// <summary>The text in <c>field-data</c>, or in the file that <c>field</c> names; null when neither is set.</summary>
    private string? ReadPem(JsonElement parent, string field)
    {
        var data = parent.Text(field + "-data");
        if (data.Length > 0)
        {
            try
            {
                return Encoding.UTF8.GetString(Convert.FromBase64String(data));
            }
            catch (FormatException e)
            {
                throw Bad($"{field}-data is not base64", e);
            }
        }

        var file = PathOf(parent, field);
        return file.Length == 0 ? null : ReadFile(field, Resolve(file));
    }

    /// <summary>The file that <c>field</c> names; empty when there is none, or data that beats it.</summary>
    private static string PathOf(JsonElement parent, string field) => parent.Text(field + "-data").Length > 0 ? "" : parent.Text(field);

    private string ReadFile(string field, string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Bad($"{field}: {e.Message}", e);
        }
    }

    /// <summary>Paths in a kubeconfig are relative to the kubeconfig.</summary>
    private string Resolve(string file) => Path.Combine(Path.GetDirectoryName(Path.GetFullPath(_path)) ?? "/", file);

    private ConfigurationException Bad(string what, Exception? inner = null) => new($"kubeconfig {_path}: {what}", inner);
}
