namespace KonUpgrade.Model;

/// <summary>What a check is about.</summary>
public enum ReadinessCategory
{
    /// <summary>Versions, the way between them, and how far parts may be apart.</summary>
    Version,

    /// <summary>Versions of kinds, definitions of kinds, and who serves them.</summary>
    Api,

    /// <summary>Nodes.</summary>
    Node,

    /// <summary>What runs, and the budgets that guard it.</summary>
    Workload,

    /// <summary>Services, ingresses, and what answers behind them.</summary>
    Network,

    /// <summary>Claims and volumes.</summary>
    Storage,

    /// <summary>Who judges objects before the API server takes them.</summary>
    Admission,

    /// <summary>What a cloud provider says of its cluster.</summary>
    Provider,

    /// <summary>Stores outside the cluster, and their copies.</summary>
    State,

    /// <summary>Who may do what, here and in the cloud.</summary>
    Access,

    /// <summary>What only the cluster's own system knows.</summary>
    System,
}
