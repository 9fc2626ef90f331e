namespace Shunt.Proxy.Demo;

/// <summary>The demo cannot go on; the message says why to somebody who has never seen it before.</summary>
internal sealed class DemoException(string message, Exception? inner = null) : Exception(message, inner);
