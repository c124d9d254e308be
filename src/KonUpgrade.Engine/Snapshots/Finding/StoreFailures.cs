using KonUpgrade.Model;

namespace KonUpgrade.Engine.Snapshots.Finding;

/// <summary>What keeps stores from being found, and what to do about it.</summary>
internal static class StoreFailures
{
    /// <summary>The id of the failure that there is nothing to be backed up.</summary>
    public const string NothingFoundId = "SnapshotStoreNotFound";

    public static Failure NothingFound() => new()
    {
        Id = NothingFoundId,
        Kind = FailureKind.NotFound,
        Message = "Nothing was found that is to be backed up, and nothing is.",
        Recommendation = "Look at tags, cluster and namespaces, at the region and the account; or name what is meant with -ResourceArn.",
    };

    public static Failure DatabaseNotFound(string text, string region) => new()
    {
        Id = "DatabaseNotFound",
        Kind = FailureKind.NotFound,
        Message = $"There is no database of RDS or Aurora '{text}' in {region}.",
        Recommendation = "Name the instance or cluster, or one of its own endpoints; a name of one's own in DNS, or a proxy, tells nothing of it. Look whether region and account are the right ones.",
        Target = text,
    };

    public static Failure DatabaseAmbiguous(string text, string first, string second) => new()
    {
        Id = "DatabaseAmbiguous",
        Kind = FailureKind.InvalidArgument,
        Message = $"'{text}' is both '{first}' and '{second}'.",
        Recommendation = "Give the endpoint, or the ARN.",
        Target = text,
    };

    public static Failure BucketNameInvalid(string text) => new()
    {
        Id = "BucketNameInvalid",
        Kind = FailureKind.InvalidArgument,
        Message = $"'{text}' can be no bucket's name.",
        Recommendation = "Give the bucket's name alone, such as artifacts or s3://artifacts, without a key: a bucket is backed up as a whole.",
        Target = text,
    };
}
