namespace KonUpgrade.Sandbox.Api;

/// <summary>What is done about fields that no schema knows.</summary>
internal enum FieldValidation
{
    Ignore,
    Warn,
    Strict,
}

/// <summary>How a write is meant, and where it may warn.</summary>
internal sealed class WriteOptions
{
    /// <summary>Who owns what is written.</summary>
    public required string Manager { get; init; }

    /// <summary>Nothing is kept.</summary>
    public bool DryRun { get; init; }

    public FieldValidation Validation { get; init; } = FieldValidation.Warn;

    /// <summary>Server-side apply takes fields from others.</summary>
    public bool Force { get; init; }

    /// <summary>An object that is laid into the cluster before the play: it keeps its status, its UID and its times where it has them.</summary>
    public bool Seeding { get; init; }

    /// <summary>Go out as Warning headers.</summary>
    public List<string> Warnings { get; } = [];
}
