namespace Shunt.Proxy.Events;

/// <summary>What an event is about: the field <c>regarding</c>.</summary>
/// <param name="Kind">The object's kind, of API version v1.</param>
/// <param name="Namespace">Its namespace; empty for a Node.</param>
/// <param name="Name">Its name.</param>
internal readonly record struct EventSubject(string Kind, string Namespace, string Name)
{
    /// <summary>Events about what has no namespace go to this one; the API server takes them nowhere else.</summary>
    public string EventNamespace => Namespace.Length == 0 ? "default" : Namespace;

    /// <summary>A Node.</summary>
    public static EventSubject Node(string name) => new("Node", "", name);

    /// <summary>A Service.</summary>
    public static EventSubject Service(string ns, string name) => new("Service", ns, name);
}
