using System.Text;
using System.Text.Json;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Nodepools;
using KonUpgrade.Engine.Nodepools.Providers.Konstellation;
using KonUpgrade.Engine.Tests.Support;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Tests.Nodepools.Konstellation;

/// <summary>What is written on Nodepools, on any API server: in a group of the test's own, so that nothing that is there is in its way.</summary>
public sealed class NodepoolObjectsTests(SandboxFixture sandbox)
{
    private static readonly NodepoolShape s_shape = new()
    {
        MinSize = 1,
        MaxSize = 3,
        InstanceType = ["m5.large", "m5a.large"],
        DiskSize = 50,
        AmiType = "AL2023_x86_64_STANDARD",
        Ec2SshKey = "ops",
        SourceSecurityGroup = ["sg-1"],
        Label = new Dictionary<string, string> { ["tier"] = "web" },
        Taint = [new("dedicated", null, "NoSchedule")],
        Tag = new Dictionary<string, string> { ["k8s.io/cluster-autoscaler/enabled"] = "true" },
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static Task<TheoryData<string>> Clusters => TestCluster.AllAsync();

    [Theory]
    [MemberData(nameof(Clusters))]
    public async Task It_is_announced_made_changed_and_deleted_and_no_other_of_its_name_is(string cluster)
    {
        await using var connection = await TestCluster.OpenAsync(cluster, sandbox);
        var client = connection.Client;
        var group = $"g{Guid.NewGuid():N}.example.com";
        var definitions = new ApiResource { Group = "apiextensions.k8s.io", Version = "v1", Kind = "CustomResourceDefinition", Plural = "customresourcedefinitions", Namespaced = false };
        using (await client.CreateAsync(definitions, null, Encoding.UTF8.GetBytes(KonObjects.NodepoolsOf(group)), new WriteOptions(), Token))
        {
        }
        try
        {
            ApiCatalog catalog = null!;
            await Eventually.TrueAsync(async () => (catalog = await client.DiscoverAsync(Token)).FindPreferred(group, "Nodepool") is not null, "Nodepools are served", Token);

            var resource = catalog.FindPreferred(group, "Nodepool")!;
            var objects = new NodepoolObjects(client, catalog, resource, "blue");

            var announced = (await objects.AnnounceAsync("workers", s_shape, Token))!;
            Assert.Null(await objects.AnnounceAsync("workers", s_shape, Token));
            // What is announced comes back as it was.
            Assert.Equal(Text(s_shape), Text(announced.Announced!));
            Assert.Equal((3, 1, "m5.large", "ops"), (announced.Spec.MaxSize, announced.Spec.MinSize, Assert.Single(announced.Spec.InstanceType!), announced.Spec.Ec2SshKey));
            await objects.PatchAsync("workers", NodepoolObject.Announcement(s_shape with { MaxSize = 4 }), dryRun: false, Token);
            Assert.Equal((4, 4), ((await objects.FindAsync("workers", Token))! is var again ? (again.Announced!.MaxSize, again.Spec.MaxSize) : default));

            await objects.PatchAsync("workers", NodepoolObject.Made(), dryRun: false, Token);
            var made = (await objects.ListAsync(Token))["workers"];
            Assert.Equal((null, null, null, false), (made.Announced, made.Removing, made.ScalingGroup, made.HasReadyCount));
            await objects.WriteScalingGroupAsync(made, "eks-workers-1", 2, Token);
            await objects.PatchAsync("workers", NodepoolSpec.Change(new NodepoolConfiguration { MaxSize = 9 })!, dryRun: true, Token);
            var told = (await objects.FindAsync("workers", Token))!;
            Assert.Equal(("eks-workers-1", true, 4), (told.ScalingGroup, told.HasReadyCount, told.Spec.MaxSize));
            // A number that is there is the operator's.
            await objects.WriteScalingGroupAsync(told, "eks-workers-2", 7, Token);
            using (var o = (await client.GetAsync(resource, null, "workers", Token))!)
                Assert.Equal(2, o.Root.Member("status").Member("numReady").GetInt32());

            await objects.PatchAsync("workers", NodepoolObject.Removal("arn:x/1"), dryRun: false, Token);
            Assert.Equal("arn:x/1", (await objects.FindAsync("workers", Token))!.Removing);
            await objects.DeleteAsync(told with { Uid = Guid.NewGuid().ToString() }, Token);
            Assert.NotNull(await objects.FindAsync("workers", Token));
            await objects.DeleteAsync(told, Token);
            await objects.DeleteAsync(told, Token);
            Assert.Null(await objects.FindAsync("workers", Token));
        }
        finally
        {
            await client.DeleteAsync(definitions, null, $"nodepools.{group}", new DeleteOptions(), Token);
        }
    }

    private static string Text(NodepoolShape shape) => JsonSerializer.Serialize(shape);
}
