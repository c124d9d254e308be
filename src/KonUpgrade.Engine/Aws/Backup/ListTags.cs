using KonUpgrade.Engine.Aws.RestJson;

namespace KonUpgrade.Engine.Aws.Backup;

/// <summary>
/// ListTags: GET /tags/{resourceArn}/. Only for what the service keeps wholly itself, whose ARN begins with arn:aws:backup:
/// snapshots of RDS and EBS have their tags in those services.
/// </summary>
internal static class ListTags
{
    public static BackupCall Call(string resourceArn, string? nextToken) => new("ListTags", "list the tags of")
    {
        Method = "GET",
        Path = "/tags/{resourceArn}/",
        PathValues = [("resourceArn", resourceArn)],
        Query = [("maxResults", "1000"), ("nextToken", nextToken)],
        Subject = $"'{resourceArn}'",
        Target = resourceArn,
        Thing = resourceArn.Contains(":recovery-point:", StringComparison.Ordinal) ? BackupThing.RecoveryPoint : BackupThing.Resource,
    };
}

internal sealed record ListTagsResponse : IRestJsonPage<KeyValuePair<string, string>>
{
    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();

    public string? NextToken { get; init; }

    IReadOnlyList<KeyValuePair<string, string>> IRestJsonPage<KeyValuePair<string, string>>.Items => [.. Tags];
}
