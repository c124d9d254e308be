using KonUpgrade.Engine.Aws.RestJson;

namespace KonUpgrade.Engine.Aws.Backup;

/// <summary>ListProtectedResources: GET /resources/.</summary>
internal static class ListProtectedResources
{
    public static BackupCall Call(string? nextToken) => new("ListProtectedResources", "list")
    {
        Method = "GET",
        Path = "/resources/",
        Query = [("maxResults", "1000"), ("nextToken", nextToken)],
        Subject = "the protected resources",
        Target = "AWS Backup",
    };
}

internal sealed record ListProtectedResourcesResponse : IRestJsonPage<ProtectedResource>
{
    public IReadOnlyList<ProtectedResource> Results { get; init; } = [];

    public string? NextToken { get; init; }

    IReadOnlyList<ProtectedResource> IRestJsonPage<ProtectedResource>.Items => Results;
}

/// <summary>What was backed up at least once.</summary>
public sealed record ProtectedResource
{
    /// <summary>The ARN.</summary>
    public string ResourceArn { get; init; } = "";

    /// <summary>The type.</summary>
    public string? ResourceType { get; init; }

    /// <summary>The name.</summary>
    public string? ResourceName { get; init; }

    /// <summary>When it was backed up last.</summary>
    public DateTimeOffset? LastBackupTime { get; init; }

    /// <summary>The vault that it was backed up to last.</summary>
    public string? LastBackupVaultArn { get; init; }

    /// <summary>What was made last.</summary>
    public string? LastRecoveryPointArn { get; init; }
}
