namespace Shunt.Backends.Diff;

/// <summary>What is done to one place of a sequence.</summary>
public enum SequenceStepKind
{
    /// <summary>An element is put before the one at the old index, or at the end.</summary>
    Insert,

    /// <summary>The element at the old index goes.</summary>
    Delete,

    /// <summary>The element at the old index gives way to another.</summary>
    Replace,
}
