using System.Collections.Immutable;
using System.Text;
using System.Text.Json;

namespace Shunt.Proxy.Kubernetes;

/// <content>The ways of a user to authenticate.</content>
internal sealed partial class KubeConfig
{
    private const string ExecGroup = "client.authentication.k8s.io/";

    private Credential ReadCredential(TimeProvider time)
    {
        // The order of precedence is client-go's: a token file beats a token.
        var tokenFile = _user.Text("tokenFile");
        var token = _user.Text("token");
        var username = _user.Text("username");
        var exec = _user.Child("exec");
        if (tokenFile.Length > 0)
        {
            _ = ReadFile("tokenFile", Resolve(tokenFile));
            return new TokenFileCredential(Resolve(tokenFile));
        }

        if (token.Length > 0) return Credential.Bearer(token);
        if (username.Length > 0) return Credential.Basic(username, _user.Text("password"));
        if (_user.Child("auth-provider").ValueKind == JsonValueKind.Object)
            throw Bad("auth-provider has been removed from Kubernetes; use an exec plugin");
        return exec.ValueKind == JsonValueKind.Object ? new ExecCredential(ReadExec(exec), time) : Credential.None;
    }

    private ExecPlugin ReadExec(JsonElement exec)
    {
        var command = exec.Text("command");
        if (command.Length == 0) throw Bad("exec: command is not set");
        var version = exec.Text("apiVersion");
        if (version is not (ExecGroup + "v1" or ExecGroup + "v1beta1"))
            throw Bad($"exec: apiVersion \"{version}\" is not {ExecGroup}v1 or {ExecGroup}v1beta1");
        if (exec.Text("interactiveMode") == "Always") throw Bad("exec: interactiveMode is Always, and the agent has no terminal");
        return new ExecPlugin
        {
            Command = command.Contains('/') ? Resolve(command) : command,
            ApiVersion = version,
            Arguments = [.. exec.Items("args").Select(static a => a.AsText())],
            Environment = ReadEnvironment(exec),
            InstallHint = exec.Text("installHint"),
            ExecInfo = WriteExecInfo(version, exec.Flag("provideClusterInfo")),
        };
    }

    private static ImmutableArray<KeyValuePair<string, string>> ReadEnvironment(JsonElement exec) =>
        [.. exec.Items("env").Select(static e => KeyValuePair.Create(e.Text("name"), e.Text("value"))).Where(static e => e.Key.Length > 0)];

    private string WriteExecInfo(string version, bool withCluster)
    {
        using var json = new MemoryStream();
        using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartObject();
            writer.WriteString("apiVersion", version);
            writer.WriteString("kind", "ExecCredential");
            writer.WriteStartObject("spec");
            writer.WriteBoolean("interactive", false);
            if (withCluster) WriteCluster(writer);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(json.ToArray());
    }

    private void WriteCluster(Utf8JsonWriter writer)
    {
        writer.WriteStartObject("cluster");
        writer.WriteString("server", _cluster.Text("server"));
        if (_cluster.Text("tls-server-name") is { Length: > 0 } name) writer.WriteString("tls-server-name", name);
        if (_cluster.Flag("insecure-skip-tls-verify")) writer.WriteBoolean("insecure-skip-tls-verify", true);
        if (ReadPem(_cluster, "certificate-authority") is { } pem) writer.WriteBase64String("certificate-authority-data", Encoding.UTF8.GetBytes(pem));
        if (_cluster.Text("proxy-url") is { Length: > 0 } proxy) writer.WriteString("proxy-url", proxy);
        writer.WriteEndObject();
    }
}
