using System.Text.Json;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests;
using KonUpgrade.Model;
using KonUpgrade.Sandbox.Faults;
using static KonUpgrade.Engine.Tests.Configuration.ImportScene;

namespace KonUpgrade.Engine.Tests.Configuration.Importing.Objects;

/// <summary>A controller makes a ServiceAccount in every new namespace. What somebody added to it on the source arrives all the same.</summary>
public sealed class DefaultAccountTests
{
    private const string WithRole =
        """{"apiVersion":"v1","kind":"ServiceAccount","metadata":{"name":"default","namespace":"fresh","annotations":{"eks.amazonaws.com/role-arn":"arn:aws:iam::123456789012:role/fresh"}},"imagePullSecrets":[{"name":"registry"}]}""";

    private static readonly ApiResource s_accounts = new() { Group = "", Version = "v1", Kind = "ServiceAccount", Plural = "serviceaccounts", Namespaced = true };
    private static readonly FieldOwner s_helm = new("helm", "Update");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(ExistingObject.Skip, false)]
    [InlineData(ExistingObject.Skip, true)]
    [InlineData(ExistingObject.Apply, true)]
    [InlineData(ExistingObject.Fail, true)]
    public async Task In_a_new_namespace_it_arrives_whoever_was_first(ExistingObject existing, bool controllerIsFirst)
    {
        await using var scene = await StartAsync();
        scene.Options = scene.Options with { Existing = existing };
        scene.Manifests.Add(Namespace("fresh")).Add(WithRole, s_helm);
        Assert.Equal(ClusterConfigChangeAction.Created, (await scene.PreviewAsync()).Single(c => c.Kind == "ServiceAccount").Action);

        // Held back until the controller has done its work.
        var waiting = scene.Host.Faults.Add(new SandboxFault { Kind = FaultKind.Refuse, Verb = "create", Resource = "serviceaccounts", Reason = "Forbidden", Message = "status unknown for quota", Count = null });
        var changes = new List<ClusterConfigChange>();
        await foreach (var change in scene.Importer().RunAsync(Token))
        {
            changes.Add(change);
            if (change.Kind != "Namespace")
                continue;
            // The sandbox makes it at once.
            using (var bare = await scene.GetAsync("", "ServiceAccount", "fresh", "default"))
                Assert.Equal(JsonValueKind.Undefined, bare!.Root.Member("imagePullSecrets").ValueKind);
            if (!controllerIsFirst)
                await scene.Green.Client.DeleteAsync(s_accounts, "fresh", "default", new DeleteOptions(), Token);
            scene.Host.Faults.Remove(waiting);
        }

        var account = changes.Single(c => c.Kind == "ServiceAccount");
        Assert.Equal((ClusterConfigChangeAction.Created, "helm", 0), (account.Action, account.FieldManager, account.Fields.Count));
        using var live = await AssertWholeAsync(scene);
        Assert.Equal(account.Uid, live.Uid);
        Assert.DoesNotContain(live.Metadata.Objects("managedFields"), m => m.Text("manager") == "konupgrade");
        Assert.Contains(live.Metadata.Objects("managedFields"), m => m.Text("manager") == "helm");
    }

    [Fact]
    public async Task Where_nobody_has_added_anything_it_is_merged_and_a_dry_run_says_so()
    {
        await using var scene = await StartAsync();
        scene.Host.Cluster("green").Seed([Namespace("fresh")]);
        scene.Manifests.Add(Namespace("fresh")).Add(WithRole, s_helm);

        Assert.Equal(ClusterConfigChangeAction.Updated, (await scene.PreviewAsync()).Single(c => c.Kind == "ServiceAccount").Action);
        Assert.Equal(ClusterConfigChangeAction.Updated, (await scene.ImportAsync()).Single(c => c.Kind == "ServiceAccount").Action);
        (await AssertWholeAsync(scene)).Dispose();
        Assert.All(await scene.ImportAsync(), c => Assert.Equal(ClusterConfigChangeAction.Unchanged, c.Action));
    }

    [Fact]
    public async Task What_somebody_has_added_to_is_theirs()
    {
        await using var scene = await StartAsync();
        scene.Host.Cluster("green").Seed([Namespace("fresh")]);
        scene.Host.Cluster("green").Apply("""{"apiVersion":"v1","kind":"ServiceAccount","metadata":{"name":"default","namespace":"fresh","labels":{"team":"a"}}}""", "kubectl");
        scene.Manifests.Add(WithRole, s_helm);

        Assert.Equal(ClusterConfigChangeAction.Skipped, Assert.Single(await scene.ImportAsync()).Action);
        scene.Options = scene.Options with { Existing = ExistingObject.Fail };
        Assert.Equal(ClusterConfigChangeAction.Failed, Assert.Single(await scene.ImportAsync()).Action);
    }

    private static async Task<KubernetesObject> AssertWholeAsync(ImportScene scene)
    {
        var live = await scene.GetAsync("", "ServiceAccount", "fresh", "default");
        Assert.Equal("arn:aws:iam::123456789012:role/fresh", live!.Annotation("eks.amazonaws.com/role-arn"));
        Assert.Equal("registry", live.Root.GetProperty("imagePullSecrets")[0].GetProperty("name").GetString());
        return live;
    }
}
