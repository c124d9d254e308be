namespace KonUpgrade.Engine.Kubernetes;

/// <summary>What happened to a watched object.</summary>
public enum WatchEventType
{
    /// <summary>It is there: it was when the watch began, or came since.</summary>
    Added,

    /// <summary>It changed.</summary>
    Modified,

    /// <summary>It is gone, or no longer fits the selectors.</summary>
    Deleted,

    /// <summary>Everything that was there when the list was read has been told. Comes again when the list had to be read anew.</summary>
    Synced,
}

/// <summary>One event of a watch. Whoever takes it disposes of its object.</summary>
public sealed record WatchEvent
{
    /// <summary>What happened.</summary>
    public required WatchEventType Type { get; init; }

    /// <summary>The object's namespace, or null.</summary>
    public string? Namespace { get; init; }

    /// <summary>The object's name; empty for <see cref="WatchEventType.Synced"/>.</summary>
    public string Name { get; init; } = "";

    /// <summary>The object's UID, where known.</summary>
    public string? Uid { get; init; }

    /// <summary>The object; null for Synced, and for a deletion that was only seen by the object's being absent later.</summary>
    public KubernetesObject? Object { get; init; }
}

/// <summary>What a watch looks at.</summary>
public sealed record WatchOptions
{
    /// <summary>One namespace, or null for all.</summary>
    public string? Namespace { get; init; }

    /// <summary>A label selector as kubectl takes it, or null.</summary>
    public string? LabelSelector { get; init; }

    /// <summary>A field selector, or null.</summary>
    public string? FieldSelector { get; init; }

    /// <summary>The state to go on from; null to read the list first. From a state, what was there before is told only where it changes.</summary>
    public string? ResourceVersion { get; init; }
}
