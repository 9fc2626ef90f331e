namespace Shunt.Proxy.Modes;

/// <summary>What became of removing rules.</summary>
internal enum Cleaning
{
    /// <summary>There are none any more.</summary>
    Done,

    /// <summary>There is nothing here to remove them with, so that there should be none.</summary>
    Impossible,

    /// <summary>Some are left.</summary>
    Failed,
}
