namespace Shunt.Backends.Nftables;

/// <summary>A rule, ready to be written.</summary>
/// <param name="Text">As <c>nft list</c> prints it, without its comment.</param>
/// <param name="Expressions">As the kernel takes it.</param>
/// <param name="Comment">What it is for; empty where it speaks for itself.</param>
internal sealed record TableRule(string Text, ReadOnlyMemory<byte> Expressions, string Comment)
{
    /// <summary>What tells it from every other rule; kept in the rule's user data, so that it can be recognised.</summary>
    public ulong Fingerprint { get; } = RuleFingerprint.Of(Expressions.Span, Comment);

    /// <inheritdoc/>
    public override string ToString() => Comment.Length == 0 ? Text : $"{Text} comment \"{Comment}\"";
}
