using System.Globalization;
using System.Text;

namespace Shunt.Testing.Kubernetes;

/// <summary>Lists as an API server 1.36 sends them to a program: compact, with managedFields and the last-applied annotation.</summary>
public static class ApiServerShapedJson
{
    /// <summary>A ServiceList of <paramref name="count"/> cluster-IP Services, 10.96.0.0/12, in 50 namespaces.</summary>
    public static byte[] ServiceList(int count) => List("ServiceList", "v1", count, Service);

    /// <summary>An EndpointSliceList of <paramref name="count"/> slices with <paramref name="endpoints"/> endpoints each.</summary>
    public static byte[] EndpointSliceList(int count, int endpoints) =>
        List("EndpointSliceList", "discovery.k8s.io/v1", count, i => EndpointSlice(i, endpoints));

    /// <summary>One Service, without kind and apiVersion, as the items of a list are.</summary>
    public static string Service(int index)
    {
        var name = $"svc-{index}";
        var ns = $"team-{index % 50}";
        var ip = Inv($"10.{96 + index / 65536 % 16}.{index / 256 % 256}.{index % 256}");
        return """
            {"metadata":{"name":"$NAME","namespace":"$NS","uid":"$UID","resourceVersion":"$RV","creationTimestamp":"2026-11-22T09:40:18Z","labels":{"app":"$NAME"},"annotations":{"kubectl.kubernetes.io/last-applied-configuration":"{\"apiVersion\":\"v1\",\"kind\":\"Service\",\"metadata\":{\"annotations\":{},\"name\":\"$NAME\",\"namespace\":\"$NS\"},\"spec\":{\"ports\":[{\"name\":\"http\",\"port\":80,\"protocol\":\"TCP\",\"targetPort\":8080}],\"type\":\"ClusterIP\"}}\n"},"managedFields":[{"manager":"kubectl-client-side-apply","operation":"Update","apiVersion":"v1","time":"2026-11-22T09:40:18Z","fieldsType":"FieldsV1","fieldsV1":{"f:metadata":{"f:annotations":{".":{},"f:kubectl.kubernetes.io/last-applied-configuration":{}},"f:labels":{".":{},"f:app":{}}},"f:spec":{"f:internalTrafficPolicy":{},"f:ports":{".":{},"k:{\"port\":80,\"protocol\":\"TCP\"}":{".":{},"f:name":{},"f:port":{},"f:protocol":{},"f:targetPort":{}}},"f:selector":{},"f:sessionAffinity":{},"f:type":{}}}}]},"spec":{"ports":[{"name":"http","protocol":"TCP","port":80,"targetPort":8080}],"selector":{"app":"$NAME"},"clusterIP":"$IP","clusterIPs":["$IP"],"type":"ClusterIP","sessionAffinity":"None","ipFamilies":["IPv4"],"ipFamilyPolicy":"SingleStack","internalTrafficPolicy":"Cluster"},"status":{"loadBalancer":{}}}
            """.Replace("$NAME", name).Replace("$NS", ns).Replace("$IP", ip).Replace("$UID", Uid(index)).Replace("$RV", Inv($"{1000 + index}"));
    }

    /// <summary>One EndpointSlice of the Service with the same number.</summary>
    /// <param name="index">The number.</param>
    /// <param name="endpoints">How many endpoints it has; at most 16.</param>
    /// <param name="replacements">How often its last pod has been replaced by another; every 15th time the first is back.</param>
    public static string EndpointSlice(int index, int endpoints, int replacements = 0)
    {
        var name = $"svc-{index}";
        var text = new StringBuilder();
        text.Append("""
            {"metadata":{"name":"$NAME-x7k2p","generateName":"$NAME-","namespace":"$NS","uid":"$UID","resourceVersion":"$RV","generation":3,"creationTimestamp":"2026-11-22T09:40:18Z","labels":{"app":"$NAME","endpointslice.kubernetes.io/managed-by":"endpointslice-controller.k8s.io","kubernetes.io/service-name":"$NAME"},"annotations":{"endpoints.kubernetes.io/last-change-trigger-time":"2026-11-22T09:40:18Z"},"ownerReferences":[{"apiVersion":"v1","kind":"Service","name":"$NAME","uid":"$OWNER","controller":true,"blockOwnerDeletion":true}],"managedFields":[{"manager":"kube-controller-manager","operation":"Update","apiVersion":"discovery.k8s.io/v1","time":"2026-11-22T09:40:18Z","fieldsType":"FieldsV1","fieldsV1":{"f:addressType":{},"f:endpoints":{},"f:metadata":{"f:annotations":{".":{},"f:endpoints.kubernetes.io/last-change-trigger-time":{}},"f:generateName":{},"f:labels":{".":{},"f:app":{},"f:endpointslice.kubernetes.io/managed-by":{},"f:kubernetes.io/service-name":{}},"f:ownerReferences":{".":{},"k:{\"uid\":\"$OWNER\"}":{}}},"f:ports":{}}}]},"addressType":"IPv4","endpoints":[
            """.Replace("$NAME", name).Replace("$NS", Inv($"team-{index % 50}")).Replace("$RV", Inv($"{2000 + index}")).Replace("$UID", Uid(index + 100000))
                .Replace("$OWNER", Uid(index)));
        for (var i = 0; i < endpoints; i++)
        {
            var pod = index * 31 + i + (i == endpoints - 1 ? replacements % 15 : 0);
            text.Append(i == 0 ? "" : ",").Append(CultureInfo.InvariantCulture, $$$$"""
                {"addresses":["10.{{{{128 + pod / 65536 % 100}}}}.{{{{pod / 256 % 256}}}}.{{{{pod % 256}}}}"],"conditions":{"ready":true,"serving":true,"terminating":false},"targetRef":{"kind":"Pod","namespace":"team-{{{{index % 50}}}}","name":"{{{{name}}}}-6d4cf56db6-{{{{i}}}}","uid":"{{{{Uid(pod)}}}}"},"nodeName":"node-{{{{pod % 200}}}}","zone":"zone-{{{{(char)('a' + pod % 3)}}}}","hints":{"forZones":[{"name":"zone-{{{{(char)('a' + pod % 3)}}}}"}]}}
                """);
        }

        return text.Append("""],"ports":[{"name":"http","protocol":"TCP","port":8080}]}""").ToString();
    }

    private static byte[] List(string kind, string apiVersion, int count, Func<int, string> item)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $$$"""{"kind":"{{{kind}}}","apiVersion":"{{{apiVersion}}}","metadata":{"resourceVersion":"900000"},"items":[""");
        for (var i = 0; i < count; i++) text.Append(i == 0 ? "" : ",").Append(item(i));
        return Encoding.UTF8.GetBytes(text.Append("]}\n").ToString());
    }

    private static string Uid(int index) => Inv($"84d9e71b-7f17-4b05-80d6-{index:x12}");

    private static string Inv(FormattableString text) => FormattableString.Invariant(text);
}
