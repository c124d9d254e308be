using KonUpgrade.Sandbox.Aws;
using KonUpgrade.Sandbox.Behaviors;

namespace KonUpgrade.Sandbox.Backup;

/// <summary>What there is to protect where nothing is said: for each cluster what a platform keeps its state in.</summary>
internal static class BackupDefaults
{
    public static IReadOnlyList<BackupResource> Of(IEnumerable<string> clusters, string identity, AwsKey key) => [.. clusters.SelectMany(cluster => Of(cluster, identity, key))];

    private static IEnumerable<BackupResource> Of(string cluster, string identity, AwsKey key)
    {
        string Arn(string service, string rest) => $"arn:aws:{service}:{key.Region}:{key.AccountId}:{rest}";
        string Id(string of) => "0" + Stable.Uid($"{identity}/{cluster}/{of}").Replace("-", string.Empty, StringComparison.Ordinal)[..16];
        string files = Arn("elasticfilesystem", $"file-system/fs-{Id("efs")}"), volume = Arn("ec2", $"volume/vol-{Id("ebs")}");
        var tags = new Dictionary<string, string> { [$"kubernetes.io/cluster/{cluster}"] = "owned" };
        yield return new BackupResource($"arn:aws:s3:::{cluster}-artifacts-{key.AccountId}") { Bytes = 4L << 30, Tags = tags };
        yield return new BackupResource(Arn("rds", $"db:{cluster}-db")) { Bytes = 2L << 30, Tags = tags };
        yield return new BackupResource(files) { Tags = tags };
        yield return new BackupResource(volume) { Tags = tags };
        yield return new BackupResource(Arn("eks", $"cluster/{cluster}")) { Bytes = 1L << 20, Parts = [volume, files] };
    }
}
