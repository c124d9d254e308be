namespace KonUpgrade.Sandbox.Schemas;

/// <summary>A kind as discovery speaks of it, whatever group version it is served in.</summary>
internal sealed record BuiltInKind
{
    public required string Kind { get; init; }

    public required string ListKind { get; init; }

    public required string Plural { get; init; }

    public required string Singular { get; init; }

    public IReadOnlyList<string> ShortNames { get; init; } = [];

    public IReadOnlyList<string> Categories { get; init; } = [];

    public required bool Namespaced { get; init; }

    public required IReadOnlyList<string> Verbs { get; init; }

    /// <summary>"status" and others by name; each subresource's verbs are get, patch, update.</summary>
    public IReadOnlyList<string> Subresources { get; init; } = [];

    /// <summary>The group whose objects these are when several groups serve the kind: all its versions share one store.</summary>
    public required string HomeGroup { get; init; }
}

/// <summary>A kind in one group version that a server serves.</summary>
internal sealed record ServedResource
{
    /// <summary>Empty for the core group.</summary>
    public required string Group { get; init; }

    public required string Version { get; init; }

    public required BuiltInKind Kind { get; init; }

    public required SchemaNode Schema { get; init; }

    /// <summary>The version a server of this minor keeps the kind in; exactly one of a kind's served versions.</summary>
    public bool StorageVersion { get; init; }

    /// <summary>The minor version of Kubernetes 1 that serves it no more; null where none is known.</summary>
    public int? RemovedIn { get; init; }

    /// <summary>"v1" or "apps/v1".</summary>
    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";
}
