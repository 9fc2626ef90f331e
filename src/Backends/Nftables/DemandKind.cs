namespace Shunt.Backends.Nftables;

/// <summary>What a rule on demand is for.</summary>
internal enum DemandKind : byte
{
    /// <summary>Frontends with so many endpoints.</summary>
    Endpoints,

    /// <summary>Frontends with so many endpoints on this node.</summary>
    LocalEndpoints,

    /// <summary>Node ports with so many endpoints.</summary>
    NodePortEndpoints,

    /// <summary>Node ports with so many endpoints on this node.</summary>
    LocalNodePortEndpoints,

    /// <summary>Affinity lists with so many endpoints.</summary>
    StickyEndpoints,

    /// <summary>Affinity of so many seconds.</summary>
    AffinityTimeout,

    /// <summary>Source ranges of this length.</summary>
    SourceRange,
}
