using System.Text;
using Shunt.Proxy.Options.Configuration;

namespace Shunt.Proxy.Tests.Options.Configuration;

/// <summary>Decodes texts for tests.</summary>
internal static class Decoding
{
    public const string Header = "apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\n";

    /// <summary>The fields, under the right header, decoded.</summary>
    public static ConfigurationDecoding Fields(string fields) => ConfigurationDecoder.Decode(Encoding.UTF8.GetBytes(Header + fields));

    /// <summary>What the fields come to.</summary>
    public static KubeProxyConfiguration Effective(string fields)
    {
        var decoded = Fields(fields);
        Assert.Equal(("", ""), (decoded.Error, decoded.StrictError));
        return EffectiveConfiguration.Of(ConfigurationDefaults.Apply(decoded.Value!)); // no error, so there is a value
    }
}
