namespace Shunt.Testing.Network;

/// <summary>What a client met.</summary>
/// <param name="Outcome">Answer, refusal or silence.</param>
/// <param name="Server">The name of the server that answered; empty when none did.</param>
/// <param name="SeenSource">The source address that server saw; empty when none answered.</param>
/// <param name="OwnSource">The source address the client had.</param>
public sealed record FlowResult(FlowOutcome Outcome, string Server, string SeenSource, string OwnSource)
{
    /// <summary>The server saw another address than the client had.</summary>
    public bool Masqueraded => Outcome == FlowOutcome.Answered && SeenSource != OwnSource;
}
