using KonUpgrade.Engine.Aws;
using KonUpgrade.Engine.Aws.Query;
using KonUpgrade.Engine.Aws.Rds;
using KonUpgrade.Engine.Aws.S3;
using KonUpgrade.Engine.Aws.Sts;
using KonUpgrade.Engine.Aws.Tagging;
using KonUpgrade.Engine.Tests.Programs;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Tests.Aws;

/// <summary>The clients that find and look at stores, against moto's server, which nobody here wrote.</summary>
public sealed class StoreMotoTests(MotoServer moto) : IClassFixture<MotoServer>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private AwsOptions Options => AwsScene.Options(new Uri(moto.Url));

    [Fact]
    public async Task Databases_are_listed_with_their_endpoints_and_found_by_their_tags()
    {
        moto.Require();
        await CallRdsAsync("CreateDBInstance", ("DBInstanceIdentifier", "pipelines"), ("DBInstanceClass", "db.t3.micro"), ("Engine", "mysql"), ("AllocatedStorage", "20"), ("MasterUsername", "admin"), ("MasterUserPassword", "not-so-secret"), ("Tags.Tag.1.Key", "team"), ("Tags.Tag.1.Value", "ml"));
        await CallRdsAsync("CreateDBCluster", ("DBClusterIdentifier", "ledger"), ("Engine", "aurora-mysql"), ("MasterUsername", "admin"), ("MasterUserPassword", "not-so-secret"));
        await CallRdsAsync("CreateDBInstance", ("DBInstanceIdentifier", "ledger-1"), ("DBInstanceClass", "db.r5.large"), ("Engine", "aurora-mysql"), ("DBClusterIdentifier", "ledger"));
        using var rds = new RdsClient(Options, NullReporter.Instance);
        var instances = await rds.DescribeDBInstancesAsync(Token).ToDictionaryAsync(one => one.DBInstanceIdentifier, cancellationToken: Token);
        Assert.Equal(("arn:aws:rds:eu-west-1:123456789012:db:pipelines", "mysql", null, "available"), instances["pipelines"] is var one ? (one.DBInstanceArn, one.Engine, one.DBClusterIdentifier, one.DBInstanceStatus) : default);
        Assert.StartsWith("pipelines.", instances["pipelines"].EndpointAddress, StringComparison.Ordinal);
        Assert.Equal("ledger", instances["ledger-1"].DBClusterIdentifier);
        var cluster = await rds.DescribeDBClustersAsync(Token).SingleAsync(Token);
        Assert.Equal(("ledger", "arn:aws:rds:eu-west-1:123456789012:cluster:ledger", "aurora-mysql"), (cluster.DBClusterIdentifier, cluster.DBClusterArn, cluster.Engine));
        Assert.True(cluster.Endpoints.Count >= 2);
        using var tagging = new TaggingClient(Options, NullReporter.Instance);
        var tagged = await tagging.GetResourcesAsync(new GetResourcesRequest { TagFilters = [new TagFilter { Key = "team", Values = ["ml"] }], ResourceTypeFilters = ["rds:db"] }, Token).SingleAsync(Token);
        Assert.Equal(("arn:aws:rds:eu-west-1:123456789012:db:pipelines", "ml"), (tagged.ResourceArn, tagged.Tag("team")));
    }

    [Fact]
    public async Task A_bucket_tells_where_it_is_and_whether_it_keeps_old_versions()
    {
        moto.Require();
        using var own = new Amazon.S3.AmazonS3Client("test", "test", new Amazon.S3.AmazonS3Config { ServiceURL = moto.Url, ForcePathStyle = true, AuthenticationRegion = "eu-central-1" });
        await own.PutBucketAsync(new Amazon.S3.Model.PutBucketRequest { BucketName = "artifacts", BucketRegionName = "eu-central-1" }, Token);
        using var s3 = new S3Client(Options, NullReporter.Instance);
        Assert.Equal("eu-central-1", await s3.GetBucketLocationAsync("artifacts", Token));
        Assert.Null(await s3.GetBucketVersioningAsync("artifacts", Token));
        foreach (var status in new[] { "Enabled", "Suspended" })
        {
            await own.PutBucketVersioningAsync(new Amazon.S3.Model.PutBucketVersioningRequest { BucketName = "artifacts", VersioningConfig = new Amazon.S3.Model.S3BucketVersioningConfig { Status = status } }, Token);
            Assert.Equal(status, await s3.GetBucketVersioningAsync("artifacts", Token));
        }

        Assert.Equal("BucketNotFound", (await Assert.ThrowsAsync<AwsException>(() => s3.GetBucketVersioningAsync("nobody", Token))).Failure.Id);
    }

    [Fact]
    public async Task Whose_the_login_is_is_told_with_its_partition()
    {
        moto.Require();
        var caller = await CallerIdentity.GetAsync(Options, NullReporter.Instance, Token);
        Assert.Equal(("aws", "123456789012"), (caller.Partition, caller.AccountId));
    }

    private async Task CallRdsAsync(string operation, params (string Name, string? Value)[] parameters)
    {
        using var rds = new QueryClient(Options, NullReporter.Instance, new AwsService("RDS", "rds", "2014-10-31"), (_, _) => Task.FromResult((new Uri(moto.Url), "eu-west-1")), AwsFailures.Of);
        await rds.CallAsync(new QueryCall(operation, parameters) { About = new AwsCall($"RDS did not {operation}", $"rds:{operation}", operation) }, Token);
    }
}
