using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;

namespace Shunt.Proxy.Kubernetes;

/// <summary>A credential printed by a program (client.authentication.k8s.io), kept until it expires or is refused.</summary>
internal sealed class ExecCredential(ExecPlugin plugin, TimeProvider time) : Credential, IDisposable
{
    private static readonly TimeSpan RunLimit = TimeSpan.FromSeconds(60);

    /// <summary>A credential is not used in its last seconds, so that it does not expire on the way.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _running = new(1, 1);

    // Replaced as a whole; read by connection callbacks on other threads.
    private volatile Printed? _current;

    /// <inheritdoc/>
    public override X509Certificate2? Certificate => _current?.Certificate;

    /// <inheritdoc/>
    public override async ValueTask<AuthenticationHeaderValue?> GetHeaderAsync(CancellationToken ct)
    {
        await _running.WaitAsync(ct);
        try
        {
            var current = _current;
            if (current is null || current.Expires - Margin <= time.GetUtcNow()) _current = current = Parse(await RunAsync(ct));
            return current.Token.Length == 0 ? null : new AuthenticationHeaderValue("Bearer", current.Token);
        }
        finally
        {
            _running.Release();
        }
    }

    /// <inheritdoc/>
    public override void Refused() => _current = null;

    /// <inheritdoc/>
    public void Dispose() => _running.Dispose();

    private async Task<string> RunAsync(CancellationToken ct)
    {
        using var process = Start();
        using var limit = new CancellationTokenSource(RunLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        try
        {
            process.StandardInput.Close();
            var errors = process.StandardError.ReadToEndAsync(either.Token);
            var output = await process.StandardOutput.ReadToEndAsync(either.Token);
            var complaint = await errors;
            await process.WaitForExitAsync(either.Token);
            if (process.ExitCode == 0) return output;
            throw new IOException($"exec plugin {plugin.Command} failed with exit code {process.ExitCode}: {FirstLine(complaint)}");
        }
        catch (OperationCanceledException e) when (limit.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            throw new IOException($"exec plugin {plugin.Command} did not finish within {RunLimit.TotalSeconds} s", e);
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }

    private Process Start()
    {
        var start = new ProcessStartInfo(plugin.Command, plugin.Arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in plugin.Environment) start.Environment[name] = value;
        start.Environment["KUBERNETES_EXEC_INFO"] = plugin.ExecInfo;
        try
        {
            return Process.Start(start) ?? throw new IOException($"exec plugin {plugin.Command} cannot be started");
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            var hint = plugin.InstallHint.Length == 0 ? "" : " " + FirstLine(plugin.InstallHint);
            throw new IOException($"exec plugin {plugin.Command} cannot be started: {e.Message}{hint}", e);
        }
    }

    private Printed Parse(string output)
    {
        try
        {
            using var document = JsonDocument.Parse(output);
            if (document.RootElement.Text("apiVersion") is var version && version != plugin.ApiVersion)
                throw new IOException($"exec plugin {plugin.Command} printed apiVersion \"{version}\" instead of \"{plugin.ApiVersion}\"");
            var status = document.RootElement.Child("status");
            var token = status.Text("token");
            var certificate = status.Text("clientCertificateData");
            if (token.Length == 0 && certificate.Length == 0) throw new IOException($"exec plugin {plugin.Command} printed neither token nor certificate");
            return new Printed(
                token,
                certificate.Length == 0 ? null : X509Certificate2.CreateFromPem(certificate, status.Text("clientKeyData")),
                ParseExpiry(status.Text("expirationTimestamp")));
        }
        catch (Exception e) when (e is JsonException or CryptographicException)
        {
            throw new IOException($"exec plugin {plugin.Command} printed no usable ExecCredential: {FirstLine(e.Message)}", e);
        }
    }

    private DateTimeOffset ParseExpiry(string text)
    {
        if (text.Length == 0) return DateTimeOffset.MaxValue;
        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var expiry)) return expiry;
        throw new IOException($"exec plugin {plugin.Command} printed an expirationTimestamp that is no time: \"{text}\"");
    }

    private static string FirstLine(string text) => text.Trim().Split('\n', 2)[0].TrimEnd();

    /// <summary>What the program printed.</summary>
    private sealed record Printed(string Token, X509Certificate2? Certificate, DateTimeOffset Expires);
}
