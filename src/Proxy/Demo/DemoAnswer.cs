namespace Shunt.Proxy.Demo;

/// <summary>What became of a request.</summary>
/// <param name="Pod">Which pod answered; or "refused" or "no answer".</param>
/// <param name="SeenSource">The source address that pod saw; empty when none answered.</param>
internal readonly record struct DemoAnswer(string Pod, string SeenSource)
{
    public static readonly DemoAnswer Refused = new("refused", "");
    public static readonly DemoAnswer None = new("no answer", "");

    /// <summary>A pod answered.</summary>
    public bool IsServed => SeenSource.Length > 0;
}
