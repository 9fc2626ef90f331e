using System.Globalization;
using System.Net;
using Shunt.Model;

namespace Shunt.Proxy.Options.Configuration;

/// <summary>Addresses with a port: <c>127.0.0.1:10249</c>, <c>[::1]:10249</c>.</summary>
internal static class HostPort
{
    /// <summary>Splits at the last colon; an IPv6 address has to be in brackets.</summary>
    public static bool TrySplit(string text, out string host, out string port)
    {
        host = port = "";
        var colon = text.LastIndexOf(':');
        if (colon < 0) return false;
        var left = text[..colon];
        if (left.StartsWith('['))
        {
            if (left.IndexOf(']', StringComparison.Ordinal) != left.Length - 1) return false;
            left = left[1..^1];
        }
        else if (left.Contains(':', StringComparison.Ordinal))
        {
            return false;
        }

        if (left.AsSpan().ContainsAny('[', ']')) return false;
        host = left;
        port = text[(colon + 1)..];
        return true;
    }

    /// <summary>The address with the port when it is an address without one; otherwise the text as it is.</summary>
    public static string AppendPort(string text, int port)
    {
        if (TrySplit(text, out _, out _) || !IpAddr.TryParse(text, out var address)) return text;
        return string.Create(CultureInfo.InvariantCulture, $"{(address.Family == IpFamily.IPv6 ? $"[{text}]" : text)}:{port}");
    }

    /// <summary>The address to listen at; false for a text that is none.</summary>
    public static bool TryParse(string text, out IPEndPoint endpoint)
    {
        endpoint = new IPEndPoint(IPAddress.Any, 0);
        if (!TrySplit(text, out var host, out var port) || !IpAddr.TryParse(host, out var address) || !TryParsePort(port, out var number)) return false;
        endpoint = new IPEndPoint(IPAddress.Parse(address.ToString()), number);
        return true;
    }

    /// <summary>A port from 1 to 65535.</summary>
    public static bool TryParsePort(string text, out int port) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is >= 1 and <= 65535;
}
