namespace KonUpgrade.Model;

/// <summary>One object of a cluster's configuration, or a group of objects that were left out together.</summary>
public sealed record ClusterConfigItem
{
    /// <summary>The object's group and version.</summary>
    public required string ApiVersion { get; init; }

    /// <summary>The object's kind.</summary>
    public required string Kind { get; init; }

    /// <summary>The object's namespace, or null.</summary>
    public string? Namespace { get; init; }

    /// <summary>The object's name; null for a line that stands for several.</summary>
    public string? Name { get; init; }

    /// <summary>What was done with it.</summary>
    public required ClusterConfigItemAction Action { get; init; }

    /// <summary>Why it was left out.</summary>
    public string? Reason { get; init; }

    /// <summary>How many objects the item stands for; one unless they were left out together.</summary>
    public long Count { get; init; } = 1;

    /// <summary>The file, as a full path; null for what was left out.</summary>
    public string? Path { get; init; }

    /// <summary>The field manager that owns most of the object on the source, with its operation, or null.</summary>
    public string? FieldManager { get; init; }
}

/// <summary>What an export did with an object.</summary>
public enum ClusterConfigItemAction
{
    /// <summary>It was written to a file.</summary>
    Exported,

    /// <summary>It was left out, for the reason given.</summary>
    LeftOut,
}
