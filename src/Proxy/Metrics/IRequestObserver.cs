namespace Shunt.Proxy.Metrics;

/// <summary>Whoever wants to know what becomes of requests to the API server. Must not throw; called from any thread.</summary>
internal interface IRequestObserver
{
    /// <summary>A request was answered, or was not.</summary>
    /// <param name="method">The HTTP method, upper case.</param>
    /// <param name="host">The server's host and port, as in its URL.</param>
    /// <param name="code">The status; null when there was no answer.</param>
    /// <param name="elapsed">From the request to the head of the answer; null for a watch, whose answer comes when there is news.</param>
    void Answered(string method, string host, int? code, TimeSpan? elapsed);
}
