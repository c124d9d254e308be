using KonUpgrade.Engine.Aws.Eks;
using KonUpgrade.Engine.Tests.Programs;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Tests.Aws;

/// <summary>The EKS client against moto's server, which nobody here wrote.</summary>
public sealed class EksMotoTests(MotoServer moto) : IClassFixture<MotoServer>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Clusters_are_listed_over_several_pages_and_described()
    {
        moto.Require();
        var names = Enumerable.Range(0, 103).Select(number => $"many-{number:000}").ToList();
        foreach (var name in names)
            await moto.CreateClusterAsync(name, "eu-central-1");
        using var client = Client("eu-central-1");
        Assert.Equal(names, (await client.ListClustersAsync(Token).ToListAsync(Token)).Order(StringComparer.Ordinal));
        var cluster = await client.DescribeClusterAsync("many-007", Token);
        Assert.Equal(("many-007", "ACTIVE", "1.33"), (cluster.Name, cluster.Status, cluster.Version));
        Assert.Equal("arn:aws:eks:eu-central-1:123456789012:cluster/many-007", cluster.Arn);
        Assert.InRange(cluster.CreatedAt!.Value, DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddHours(1));
        Assert.StartsWith("https://", cluster.Endpoint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_group_lives_and_goes()
    {
        moto.Require();
        await moto.CreateClusterAsync("life", "eu-west-1");
        using var client = Client("eu-west-1");
        var waiter = new EksWaiter(client, NullReporter.Instance);
        var request = new CreateNodegroupRequest
        {
            ClusterName = "life",
            NodegroupName = "general",
            Subnets = ["subnet-1"],
            NodeRole = "arn:aws:iam::123456789012:role/node",
            ScalingConfig = new NodegroupScalingConfig { MinSize = 1, MaxSize = 3, DesiredSize = 2 },
            Labels = new Dictionary<string, string> { ["pool"] = "general" },
            Taints = [new Taint { Key = "dedicated", Value = "batch", Effect = "NO_SCHEDULE" }],
            Tags = new Dictionary<string, string> { ["run"] = "1" },
            InstanceTypes = ["m5.large"],
            ClientRequestToken = "token-1",
        };
        var made = await client.CreateNodegroupAsync(request, Token);
        var active = await waiter.NodegroupActiveAsync("life", "general", null, Token);
        Assert.Equal((made.NodegroupArn, 2, "general", "NO_SCHEDULE"), (active.NodegroupArn, active.ScalingConfig!.DesiredSize, active.Labels["pool"], active.Taints.Single().Effect));
        Assert.Equal(["general"], await client.ListNodegroupsAsync("life", Token).ToListAsync(Token));
        var taken = await Assert.ThrowsAsync<ResourceInUseException>(() => client.CreateNodegroupAsync(request, Token));
        Assert.Equal("NodegroupExists", taken.Failure.Id);
        var update = await client.UpdateNodegroupConfigAsync(
            new UpdateNodegroupConfigRequest { ClusterName = "life", NodegroupName = "general", ScalingConfig = new NodegroupScalingConfig { MinSize = 0, MaxSize = 4, DesiredSize = 4 } }, Token);
        Assert.NotEmpty(update.Id);
        Assert.Equal(4, (await client.DescribeNodegroupAsync("life", "general", Token)).ScalingConfig!.MaxSize);
        await client.DeleteNodegroupAsync("life", "general", Token);
        await waiter.NodegroupDeletedAsync("life", "general", active.NodegroupArn, null, Token);
        var gone = await Assert.ThrowsAsync<ResourceNotFoundException>(() => client.DescribeNodegroupAsync("life", "general", Token));
        Assert.Equal("NodegroupNotFound", gone.Failure.Id);
    }

    [Fact]
    public async Task What_is_not_there_is_told_with_its_kind()
    {
        moto.Require();
        using var client = Client("eu-west-1");
        Assert.Equal("ManagedClusterNotFound", (await Assert.ThrowsAsync<ResourceNotFoundException>(() => client.DescribeClusterAsync("nobody", Token))).Failure.Id);
    }

    [Fact]
    public async Task An_endpoint_that_does_not_know_an_operation_is_told_as_such()
    {
        moto.Require();
        await moto.CreateClusterAsync("old", "eu-west-1");
        using var client = Client("eu-west-1");
        var e = await Assert.ThrowsAsync<EksException>(() => client.DescribeUpdateAsync("old", "u-1", null, Token));
        Assert.Equal(("AwsOperationUnknown", FailureKind.NotSupported), (e.Failure.Id, e.Failure.Kind));
        Assert.Contains("DescribeUpdate", e.Failure.Recommendation, StringComparison.Ordinal);
    }

    private EksClient Client(string region) => new(EksScene.Options(new Uri(moto.Url)) with { Region = region }, NullReporter.Instance);
}
