namespace KonUpgrade.Model;

/// <summary>A cluster's configuration in a directory, as <c>export.yaml</c> there sums it up.</summary>
public sealed record ClusterConfigExport
{
    /// <summary>The directory, as a full path.</summary>
    public required string Path { get; init; }

    /// <summary>The name of the context that was exported.</summary>
    public string? Context { get; init; }

    /// <summary>The cluster's identity: the UID of its kube-system namespace; null where the login may not read it.</summary>
    public string? ClusterUid { get; init; }

    /// <summary>The API server's version, such as <c>v1.33.2</c>.</summary>
    public string? ServerVersion { get; init; }

    /// <summary>The system that it was exported as.</summary>
    public required string System { get; init; }

    /// <summary>What the cluster is within its system, such as <c>master</c> or <c>seed</c> of a Kubermatic; null where the system has one cluster.</summary>
    public string? Role { get; init; }

    /// <summary>What was selected.</summary>
    public ClusterConfigSelection Selection { get; init; } = new();

    /// <summary>What was done with Secrets and with what the system names as sensitive.</summary>
    public SecretHandling Secret { get; init; }

    /// <summary>The SHA-256 of the public key that encrypted files are encrypted for, in hexadecimal digits; null where none was.</summary>
    public string? EncryptionKeyId { get; init; }

    /// <summary>Whether every kind of the selection was listed to its end and every object of it written or left out on purpose.</summary>
    public required bool Complete { get; init; }

    /// <summary>How many objects were written.</summary>
    public required long ObjectCount { get; init; }

    /// <summary>How many objects were left out, each for a reason that <c>left-out.jsonl</c> gives.</summary>
    public required long LeftOutCount { get; init; }

    /// <summary>What could not be read or written. Empty where <see cref="Complete"/> is true.</summary>
    public IReadOnlyList<Failure> Failures { get; init; } = [];

    /// <summary>When the export was finished, UTC.</summary>
    public DateTimeOffset ExportedAt { get; init; }

    /// <summary>How long it took; zero where it was read from a directory.</summary>
    public TimeSpan Duration { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Path;
}
