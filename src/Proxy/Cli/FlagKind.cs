namespace Shunt.Proxy.Cli;

/// <summary>What kind of value a flag takes.</summary>
internal enum FlagKind
{
    /// <summary>One value; the last one wins.</summary>
    Text,

    /// <summary>Values separated by commas; the flag may be repeated.</summary>
    List,

    /// <summary>True or false; true without a value.</summary>
    Boolean,
}
