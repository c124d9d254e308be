namespace KonUpgrade.Engine.Kubernetes;

/// <summary>What a list asks for.</summary>
public sealed record ListOptions
{
    /// <summary>Everything, everywhere.</summary>
    public static ListOptions All { get; } = new();

    /// <summary>One namespace, or null for all.</summary>
    public string? Namespace { get; init; }

    /// <summary>A label selector as kubectl takes it, or null.</summary>
    public string? LabelSelector { get; init; }

    /// <summary>A field selector, or null.</summary>
    public string? FieldSelector { get; init; }

    /// <summary>
    /// Whether the server is asked for the objects' metadata alone. Their annotations are a part of it; a server that does
    /// not know the form gives the objects whole.
    /// </summary>
    public bool MetadataOnly { get; init; }

    /// <summary>Objects a page, always; null lets the size adapt.</summary>
    public int? PageSize { get; init; }
}

/// <summary>What a server does with fields that it doesn't know, or that come twice.</summary>
public enum FieldValidation
{
    /// <summary>The server's own default (Warn since 1.25).</summary>
    Default,

    /// <summary>Drops them silently.</summary>
    Ignore,

    /// <summary>Drops them and warns.</summary>
    Warn,

    /// <summary>Refuses the object.</summary>
    Strict,
}

/// <summary>How an object is created, updated or patched.</summary>
public sealed record WriteOptions
{
    /// <summary>The name under which the changed fields are owned.</summary>
    public string FieldManager { get; init; } = OurFieldManager.Name;

    /// <summary>Whether the server only says what it would do.</summary>
    public bool DryRun { get; init; }

    /// <summary>What becomes of unknown and duplicate fields.</summary>
    public FieldValidation FieldValidation { get; init; }
}

/// <summary>How a server-side apply goes.</summary>
public sealed record ApplyOptions
{
    /// <summary>The name under which the applied fields are owned.</summary>
    public string FieldManager { get; init; } = OurFieldManager.Name;

    /// <summary>Whether fields of other managers are taken. Otherwise they are a conflict.</summary>
    public bool Force { get; init; }

    /// <summary>Whether the server only says what it would do.</summary>
    public bool DryRun { get; init; }

    /// <summary>What becomes of unknown and duplicate fields.</summary>
    public FieldValidation FieldValidation { get; init; }
}

/// <summary>What becomes of an object's dependents.</summary>
public enum DeletePropagation
{
    /// <summary>The kind's own default.</summary>
    Default,

    /// <summary>They are deleted after it.</summary>
    Background,

    /// <summary>They are deleted before it.</summary>
    Foreground,

    /// <summary>They stay.</summary>
    Orphan,
}

/// <summary>How an object is deleted.</summary>
public sealed record DeleteOptions
{
    /// <summary>What becomes of its dependents.</summary>
    public DeletePropagation Propagation { get; init; }

    /// <summary>Only the object with this UID.</summary>
    public string? Uid { get; init; }

    /// <summary>Only the object as it was at this version.</summary>
    public string? ResourceVersion { get; init; }

    /// <summary>Seconds that it gets to end, or null for its own.</summary>
    public long? GracePeriodSeconds { get; init; }

    /// <summary>Whether the server only says what it would do.</summary>
    public bool DryRun { get; init; }
}

/// <summary>How a patch is written.</summary>
public enum PatchKind
{
    /// <summary>JSON merge patch (RFC 7386).</summary>
    Merge,

    /// <summary>Kubernetes' strategic merge patch; built-in kinds alone.</summary>
    StrategicMerge,

    /// <summary>JSON patch (RFC 6902).</summary>
    Json,
}
