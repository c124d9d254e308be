namespace KonUpgrade.Model;

/// <summary>A warning or an error of a backup or restore.</summary>
public sealed record VeleroIssue
{
    /// <summary>Whether it is an error; else a warning.</summary>
    public bool IsError { get; init; }

    /// <summary>The namespace that it is about; null for what is of the cluster, or of Velero itself.</summary>
    public string? Namespace { get; init; }

    /// <summary>The resource or kind of the object that it is about, as Velero writes it; null where it does not say.</summary>
    public string? Resource { get; init; }

    /// <summary>The name of the object that it is about; null where Velero does not say.</summary>
    public string? Name { get; init; }

    /// <summary>Velero's words.</summary>
    public required string Message { get; init; }

    /// <summary>Whether it says that the object was there already, and was left as it was.</summary>
    public bool AlreadyExists { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"{(IsError ? "error" : "warning")}: {Message}";
}
