namespace KonUpgrade.Model;

/// <summary>One thing that a check found.</summary>
public sealed record ReadinessFinding
{
    /// <summary>The thing, as people write it: <c>Deployment shop/web</c>.</summary>
    public required string Target { get; init; }

    /// <summary>The group and version of the object that it is about; null where it is about no object.</summary>
    public string? ApiVersion { get; init; }

    /// <summary>The object's kind, or null.</summary>
    public string? Kind { get; init; }

    /// <summary>The object's namespace, or null.</summary>
    public string? Namespace { get; init; }

    /// <summary>The object's name, or null.</summary>
    public string? Name { get; init; }

    /// <summary>What is the matter with it.</summary>
    public required string Message { get; init; }

    /// <summary>How much it weighs.</summary>
    public ReadinessSeverity Severity { get; init; }

    /// <summary>What to do about this one; null where <see cref="ReadinessCheck.Remedy"/> says it for all.</summary>
    public string? Remedy { get; init; }

    /// <summary>Since when it is so; null where nothing tells.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"{Target}: {Message}";
}
