namespace Shunt.Proxy.Tests.Kubernetes;

/// <summary>Small objects and watch frames as they are on the wire.</summary>
internal static class Wire
{
    /// <summary>A Service in namespace shop, to be put into a fake server.</summary>
    public static string Service(string name, string clusterIp = "10.96.0.1", string labels = "{}") =>
        $$$"""{"metadata":{"namespace":"shop","name":"{{{name}}}","labels":{{{labels}}}},"spec":{"clusterIP":"{{{clusterIp}}}","ports":[{"port":80}]}}""";

    /// <summary>A watch frame with a Service in namespace shop.</summary>
    public static string Frame(string type, string name, int version, string clusterIp = "10.96.0.1") =>
        $$$$"""
        {"type":"{{{{type}}}}","object":{"kind":"Service","apiVersion":"v1","metadata":{"namespace":"shop","name":"{{{{name}}}}","resourceVersion":"{{{{version}}}}"},"spec":{"clusterIP":"{{{{clusterIp}}}}","ports":[{"port":80}]}}}

        """;
}
