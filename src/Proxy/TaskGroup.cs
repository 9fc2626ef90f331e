namespace Shunt.Proxy;

/// <summary>Things that run at once and end together.</summary>
internal static class TaskGroup
{
    /// <summary>Runs all of them until the main one ends or one of them fails; then the others are told to end, and have ended when this returns.</summary>
    /// <param name="main">What it is all for.</param>
    /// <param name="others">What goes on beside it; each may end before.</param>
    /// <param name="ct">Tells all of them to end.</param>
    /// <exception cref="Exception">What the first that failed threw.</exception>
    public static async Task RunAsync(Func<CancellationToken, Task> main, IEnumerable<Func<CancellationToken, Task>> others, CancellationToken ct)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var running = others.Select(other => other(ending.Token)).ToList();
        var decisive = main(ending.Token);
        running.Add(decisive);
        try
        {
            Task ended;
            do
            {
                ended = await Task.WhenAny(running);
                running.Remove(ended);
                await ended;
            }
            while (ended != decisive);
        }
        finally
        {
            await ending.CancelAsync();
            await Task.WhenAll(running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
