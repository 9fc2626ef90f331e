using YamlDotNet.RepresentationModel;

namespace Shunt.Proxy.Tests.Packaging;

/// <summary>The manifests, held against the fields of Kubernetes 1.36.</summary>
public sealed class KubernetesFieldsTests
{
    private static readonly KubernetesFields Fields = KubernetesFields.Load();

    [Theory]
    [InlineData("base/daemonset.yaml", false)]
    [InlineData("base/configmap.yaml", false)]
    [InlineData("base/rbac.yaml", false)]
    [InlineData("base/serviceaccount.yaml", false)]
    [InlineData("kubeadm/daemonset.yaml", true)]
    [InlineData("kubeadm-hardened/daemonset.yaml", true)]
    public void A_manifest_has_only_fields_that_Kubernetes_knows(string file, bool partial) =>
        Assert.Empty(ManifestDocument.Read(file).SelectMany(document => Fields.Check(document, partial)));

    [Theory]
    [InlineData("hostNetwork: true", "hostNetworking: true", "hostNetworking: no such field")]
    [InlineData("hostNetwork: true", "hostNetwork: \"true\"", "hostNetwork: is no boolean")]
    [InlineData("type: FileOrCreate", "type: CreateOrFile", "CreateOrFile is none of")]
    [InlineData("fieldPath: spec.nodeName", "apiVersion: v1", "fieldPath: is missing")]
    [InlineData("periodSeconds: 2", "periodSeconds: two", "periodSeconds: is no integer")]
    [InlineData("tolerations:", "tolerations: [Exists]\n      x:", "tolerations[0]: is no Toleration")]
    public void A_mistake_is_found(string right, string wrong, string error)
    {
        var text = File.ReadAllText(Shunt.Testing.Repository.PathOf("manifests/base/daemonset.yaml"));
        Assert.Contains(right, text, StringComparison.Ordinal);
        var yaml = new YamlStream();
        yaml.Load(new StringReader(text.Replace(right, wrong, StringComparison.Ordinal)));

        var errors = Fields.Check(new ManifestDocument("", (YamlMappingNode)yaml.Documents[0].RootNode), partial: false);

        Assert.Contains(errors, found => found.Contains(error, StringComparison.Ordinal));
    }
}
