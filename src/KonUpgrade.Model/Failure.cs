namespace KonUpgrade.Model;

/// <summary>
/// What went wrong with one thing, in a form that a script can act on. Every failed item carries one, and so does
/// <see cref="UpgradeException"/>.
/// </summary>
public sealed record Failure
{
    /// <summary>The stable PascalCase id of the cause, such as <c>ConnectionRefused</c> or <c>FieldManagerConflict</c>.</summary>
    public required string Id { get; init; }

    /// <summary>The family that the cause belongs to; the cmdlets map it to an error category.</summary>
    public required FailureKind Kind { get; init; }

    /// <summary>What happened, and to which thing. Never holds a secret.</summary>
    public required string Message { get; init; }

    /// <summary>What the reader can do next, or null where nothing is known to help.</summary>
    public string? Recommendation { get; init; }

    /// <summary>The thing that failed, as people write it: <c>apps/v1 Deployment shop/web</c>, a file with its line, a context.</summary>
    public string? Target { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"{Id}: {Message}";
}
