namespace Shunt.Proxy.Sources.Decoding;

/// <summary>Where in an object a value stands. Turned into text only when there is a problem to report.</summary>
/// <param name="Field">The path of the field or list.</param>
/// <param name="Index">The element, if the field is a list; negative otherwise.</param>
/// <param name="Member">The path inside the element; empty for the element itself.</param>
internal readonly record struct FieldPath(string Field, int Index = -1, string Member = "")
{
    /// <summary>A plain field.</summary>
    public static implicit operator FieldPath(string field) => new(field);

    /// <summary><c>field</c>, <c>field[3]</c> or <c>field[3].member</c>.</summary>
    public override string ToString() =>
        Index < 0 ? Field : Member.Length == 0 ? $"{Field}[{Index}]" : $"{Field}[{Index}].{Member}";
}
