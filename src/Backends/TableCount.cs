namespace Shunt.Backends;

/// <summary>How much of a kernel table is ours, and how much of that was just written.</summary>
/// <param name="Table">The table, as the mode's tools call it ("nat").</param>
/// <param name="Total">The rules in force.</param>
/// <param name="Written">The rules that the transaction wrote; rules that were only taken out do not count.</param>
public readonly record struct TableCount(string Table, int Total, int Written);
