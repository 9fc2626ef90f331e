namespace Shunt.Proxy.Options.Configuration;

/// <summary>Another verbosity for the files that match a pattern.</summary>
/// <param name="FilePattern">A file's name without folder and ending; may hold * and ?.</param>
/// <param name="Verbosity">The verbosity.</param>
internal sealed record VModuleItem(string FilePattern, uint Verbosity)
{
    /// <summary>The item as <c>--vmodule</c> has it.</summary>
    public override string ToString() => $"{FilePattern}={Verbosity}";
}
