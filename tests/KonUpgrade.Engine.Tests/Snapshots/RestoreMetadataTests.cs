using KonUpgrade.Engine.Snapshots.Restoring;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Tests.Snapshots;

/// <summary>What restores of each type are asked with.</summary>
public sealed class RestoreMetadataTests
{
    private const string Files = "arn:aws:elasticfilesystem:eu-central-1:123456789012:file-system/fs-1";
    private const string Database = "arn:aws:rds:eu-central-1:123456789012:db:pipelines";

    [Fact]
    public void A_file_system_becomes_a_new_one_and_its_data_is_in_a_directory_of_its_own()
    {
        var said = new Dictionary<string, string> { ["file-system-id"] = "fs-1", ["Encrypted"] = "true", ["KmsKeyId"] = "key-1", ["PerformanceMode"] = "maxIO" };
        var (metadata, location) = RestoreMetadata.Of("EFS", Files, said, new RestoreShape());
        Assert.Equal("file-system-id=fs-1;newFileSystem=true;Encrypted=true;PerformanceMode=maxIO;KmsKeyId=key-1", Text(metadata));
        Assert.Contains("/aws-backup-restore_<time>", location, StringComparison.Ordinal);
        (metadata, location) = RestoreMetadata.Of("EFS", Files, said, new RestoreShape { InPlace = true, Items = ["/home/a", "/b\"c"] });
        Assert.Equal("""file-system-id=fs-1;newFileSystem=false;Encrypted=true;ItemsToRestore=["/home/a","/b\u0022c"]""", Text(metadata));
        Assert.Contains("fs-1 itself", location, StringComparison.Ordinal);
    }

    [Fact]
    public void A_bucket_is_restored_into_another_one_or_in_place()
    {
        var (metadata, _) = RestoreMetadata.Of("S3", "arn:aws:s3:::artifacts", new Dictionary<string, string>(), new RestoreShape { NewName = "artifacts-green", KmsKeyId = "key" });
        Assert.Equal("DestinationBucketName=artifacts-green;NewBucket=false;EncryptionType=SSE-KMS;KMSKey=key", Text(metadata));
        var (inPlace, location) = RestoreMetadata.Of("S3", "arn:aws:s3:::artifacts", new Dictionary<string, string>(), new RestoreShape { InPlace = true });
        Assert.Equal("DestinationBucketName=artifacts;NewBucket=false;EncryptionType=original", Text(inPlace));
        Assert.Contains("left as they are", location, StringComparison.Ordinal);
    }

    [Fact]
    public void A_database_gets_a_new_name_and_keeps_what_is_not_said_otherwise()
    {
        var said = new Dictionary<string, string> { ["DBInstanceIdentifier"] = "pipelines", ["DBInstanceClass"] = "db.m5.large", ["MultiAZ"] = "true", ["EngineVersion"] = "8.0.35", ["VpcSecurityGroupIds"] = "[\"sg-1\"]" };
        var (metadata, location) = RestoreMetadata.Of("RDS", Database, said, new RestoreShape { NewName = "Pipelines-Green", MultiAz = false, SecurityGroupIds = ["sg-2", "sg-3"], SubnetGroup = "green" });
        Assert.Equal("""DBInstanceClass=db.m5.large;DBInstanceIdentifier=pipelines-green;DBSubnetGroupName=green;MultiAZ=false;VpcSecurityGroupIds=["sg-2","sg-3"]""", Text(metadata, sorted: true));
        Assert.Contains("endpoint of its own", location, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cluster_of_databases_comes_back_without_instances_and_says_so()
    {
        var said = new Dictionary<string, string> { ["engine"] = "aurora-mysql", ["Port"] = "3306" };
        var (metadata, location) = RestoreMetadata.Of("Aurora", "arn:aws:rds:eu-central-1:123456789012:cluster:kf", said, new RestoreShape { NewName = "kf-green" });
        Assert.Equal("Port=3306;dbClusterIdentifier=kf-green;engine=aurora-mysql", Text(metadata, sorted: true));
        Assert.Contains("no instances yet", location, StringComparison.Ordinal);
    }

    [Fact]
    public void A_volume_is_made_in_the_zone_that_is_said()
    {
        var (metadata, _) = RestoreMetadata.Of("EBS", "arn:aws:ec2:eu-central-1:123456789012:volume/vol-1", new Dictionary<string, string> { ["encrypted"] = "true" }, new RestoreShape { AvailabilityZone = "eu-central-1a", VolumeType = "gp3" });
        Assert.Equal("availabilityZone=eu-central-1a;encrypted=true;volumeType=gp3", Text(metadata));
    }

    public static TheoryData<string, string, RestoreShape, string> Refused => new()
    {
        { "RDS", Database, new RestoreShape(), "RestoreNameMissing" },
        { "RDS", Database, new RestoreShape { NewName = "PIPELINES" }, "RestoreNameTaken" },
        { "RDS", Database, new RestoreShape { NewName = "1st" }, "RestoreShapeInvalid" },
        { "RDS", Database, new RestoreShape { NewName = "a--b" }, "RestoreShapeInvalid" },
        { "RDS", Database, new RestoreShape { NewName = "x", InPlace = true }, "RestoreShapeInvalid" },
        { "RDS", Database, new RestoreShape { NewName = "x", Items = ["a"] }, "RestoreShapeInvalid" },
        { "RDS", Database, new RestoreShape { NewName = "x", KmsKeyId = "k" }, "RestoreShapeInvalid" },
        { "Aurora", "arn:aws:rds:eu-central-1:123456789012:cluster:kf", new RestoreShape { NewName = "x", InstanceClass = "db.m5.large" }, "RestoreShapeInvalid" },
        { "EFS", Files, new RestoreShape { NewName = "x" }, "RestoreShapeInvalid" },
        { "EFS", Files, new RestoreShape { InPlace = true, KmsKeyId = "k" }, "RestoreShapeInvalid" },
        { "EFS", Files, new RestoreShape { Items = ["1", "2", "3", "4", "5", "6"] }, "RestoreShapeInvalid" },
        { "EFS", Files, new RestoreShape { SubnetGroup = "x" }, "RestoreShapeInvalid" },
        { "S3", "arn:aws:s3:::artifacts", new RestoreShape(), "RestoreNameMissing" },
        { "S3", "arn:aws:s3:::artifacts", new RestoreShape { NewName = "artifacts" }, "RestoreNameTaken" },
        { "S3", "arn:aws:s3:::artifacts", new RestoreShape { InPlace = true, AvailabilityZone = "a" }, "RestoreShapeInvalid" },
        { "EBS", "arn:aws:ec2:eu-central-1:123456789012:volume/vol-1", new RestoreShape(), "RestoreShapeInvalid" },
        { "EKS", "arn:aws:eks:eu-central-1:123456789012:cluster/blue", new RestoreShape(), "RestoreNotSupported" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void What_the_service_refuses_or_passes_over_is_refused_before(string type, string resource, RestoreShape shape, string id)
    {
        var failure = Assert.Throws<UpgradeException>(() => RestoreMetadata.Of(type, resource, new Dictionary<string, string>(), shape)).Failure;
        Assert.Equal(id, failure.Id);
        Assert.False(string.IsNullOrEmpty(failure.Recommendation));
    }

    private static string Text(IReadOnlyDictionary<string, string> metadata, bool sorted = false) =>
        string.Join(';', (sorted ? metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal) : metadata.AsEnumerable()).Select(pair => $"{pair.Key}={pair.Value}"));
}
