using KonUpgrade.Engine.Aws.RestJson;

namespace KonUpgrade.Engine.Aws.Backup;

/// <summary>ListRecoveryPointsByResource: GET /resources/{resourceArn}/recovery-points/.</summary>
internal static class ListRecoveryPointsByResource
{
    public static BackupCall Call(string resourceArn, string? nextToken) => new("ListRecoveryPointsByResource", "list the recovery points of")
    {
        Method = "GET",
        Path = "/resources/{resourceArn}/recovery-points/",
        PathValues = [("resourceArn", resourceArn)],
        Query = [("maxResults", "1000"), ("nextToken", nextToken)],
        Subject = $"'{resourceArn}'",
        Target = resourceArn,
        Thing = BackupThing.Resource,
    };
}

internal sealed record ListRecoveryPointsByResourceResponse : IRestJsonPage<RecoveryPointByResource>
{
    public IReadOnlyList<RecoveryPointByResource> RecoveryPoints { get; init; } = [];

    public string? NextToken { get; init; }

    IReadOnlyList<RecoveryPointByResource> IRestJsonPage<RecoveryPointByResource>.Items => RecoveryPoints;
}
