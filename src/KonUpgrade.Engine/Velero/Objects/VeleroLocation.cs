using System.Text.Json;
using KonUpgrade.Engine.Foundation.Texts;
using KonUpgrade.Engine.Kubernetes;

namespace KonUpgrade.Engine.Velero.Objects;

/// <summary>A place where backups are kept, as a cluster's Velero knows it.</summary>
internal sealed record VeleroLocation
{
    public required string Name { get; init; }

    public string? Provider { get; init; }

    public string? Bucket { get; init; }

    public string? Prefix { get; init; }

    public bool IsReadOnly { get; init; }

    public bool IsDefault { get; init; }

    /// <summary>Whether Velero can reach it, in its own word; <c>New</c> before it has looked.</summary>
    public required string Phase { get; init; }

    public string? Message { get; init; }

    public DateTimeOffset? LastSynced { get; init; }

    public DateTimeOffset? LastValidation { get; init; }

    /// <summary>How often Velero looks whether it can be reached; null for its own minute, zero for never.</summary>
    public TimeSpan? ValidationFrequency { get; init; }

    /// <summary>How often backups of other clusters are looked for; null for the server's own minute, zero for never.</summary>
    public TimeSpan? SyncPeriod { get; init; }

    /// <summary>The Secret with the login of its own, or null.</summary>
    public string? CredentialSecret { get; init; }

    public bool IsAvailable => Phase == "Available";

    /// <summary>Bucket and prefix, for people.</summary>
    public string Address => AddressOf(Bucket, Prefix);

    public static string AddressOf(string? bucket, string? prefix) => $"{bucket ?? "?"}{(prefix is null ? "" : "/" + prefix)}";

    public static VeleroLocation Of(KubernetesObject o)
    {
        var (spec, status) = (o.Root.Member("spec"u8), o.Root.Member("status"u8));
        var store = spec.Member("objectStorage"u8);
        return new VeleroLocation
        {
            Name = o.Name,
            Provider = spec.Text("provider"),
            Bucket = store.Text("bucket"),
            Prefix = store.Text("prefix")?.Trim('/') is { Length: > 0 } prefix ? prefix : null,
            IsReadOnly = spec.Text("accessMode") == "ReadOnly",
            IsDefault = spec.Member("default"u8).ValueKind == JsonValueKind.True,
            Phase = status.Text("phase") is { Length: > 0 } phase ? phase : "New",
            Message = status.Text("message"),
            LastSynced = status.Time("lastSyncedTime"),
            LastValidation = status.Time("lastValidationTime"),
            ValidationFrequency = spec.Text("validationFrequency") is { } often ? Durations.Parse(often) : null,
            SyncPeriod = spec.Text("backupSyncPeriod") is { } period ? Durations.Parse(period) : null,
            CredentialSecret = spec.Member("credential"u8).Text("name"),
        };
    }
}
