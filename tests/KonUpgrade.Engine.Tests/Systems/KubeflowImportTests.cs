using KonUpgrade.Engine.Tests.Configuration;
using KonUpgrade.Engine.Tests.Support;
using KonUpgrade.Model;
using KonUpgrade.Rehearsal.Content;

namespace KonUpgrade.Engine.Tests.Systems;

/// <summary>Kubeflow's objects on their way into a cluster that has the kinds; the profile controller is the test.</summary>
public sealed class KubeflowImportTests
{
    private const string Profile = """{"apiVersion":"kubeflow.org/v1","kind":"Profile","metadata":{"name":"anna"},"spec":{"owner":{"kind":"User","name":"anna@example.com"}}}""";

    private const string Recurring = """
        {"apiVersion":"kubeflow.org/v1beta1","kind":"ScheduledWorkflow","metadata":{"name":"nightly","namespace":"anna"},"spec":{"enabled":true,"trigger":{"cronSchedule":{"cron":"0 0 2 * * *"}}},
         "status":{"conditions":[],"trigger":{"lastIndex":41,"lastTriggeredTime":"2026-03-02T02:00:00Z"}}}
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_lives_in_a_profiles_namespace_waits_until_the_controller_has_made_it()
    {
        await using var scene = await StartAsync();
        scene.Options = scene.Options with { Timeout = TimeSpan.FromSeconds(30) };
        scene.Manifests.Add(ImportScene.ConfigMap("anna", "settings")).Add(Profile);

        var importing = scene.ImportAsync("KubeflowAws");
        await Eventually.TrueAsync(() => scene.Host.Cluster("green").Count(KubeflowCrds.Group, "profiles") == 1, "the Profile is there", Token);
        Assert.False(importing.IsCompleted);
        scene.Host.Cluster("green").Seed([Owned("anna@example.com")]);
        var changes = await importing;

        Assert.Equal(["Profile", "ConfigMap"], changes.Select(change => change.Kind));
        Assert.All(changes, change => Assert.Equal(ClusterConfigChangeAction.Created, change.Action));
    }

    [Fact]
    public async Task A_namespace_that_nobody_makes_fails_what_lives_in_it_and_says_of_what_it_was_to_be_made()
    {
        await using var scene = await StartAsync();
        scene.Options = scene.Options with { Timeout = TimeSpan.FromMilliseconds(200) };
        scene.Manifests.Add(ImportScene.ConfigMap("anna", "settings")).Add(Profile);

        var changes = await scene.ImportAsync("KubeflowAws");

        Assert.Equal(ClusterConfigChangeAction.Created, changes.Single(change => change.Kind == "Profile").Action);
        var failure = changes.Single(change => change.Kind == "ConfigMap").Failure!;
        Assert.Equal("NamespaceNotMade", failure.Id);
        Assert.Contains("Profile anna", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bob@example.com", "belongs to bob@example.com")]
    [InlineData(null, "belongs to nobody")]
    public async Task A_profile_whose_namespace_is_not_its_owners_fails_and_nothing_goes_into_it(string? owner, string whose)
    {
        await using var scene = await StartAsync();
        scene.Host.Cluster("green").Seed([owner is null ? ImportScene.Namespace("anna") : Owned(owner)]);
        scene.Manifests.Add(ImportScene.ConfigMap("anna", "settings")).Add(Profile);

        var changes = await scene.ImportAsync("KubeflowAws");

        var profile = changes.Single(change => change.Kind == "Profile").Failure!;
        Assert.Equal("ProfileNamespaceTaken", profile.Id);
        Assert.Contains(whose, profile.Message, StringComparison.Ordinal);
        Assert.Equal("NamespaceNotFound", changes.Single(change => change.Kind == "ConfigMap").Failure!.Id);
        Assert.Null(await scene.GetAsync("", "ConfigMap", "anna", "settings"));
    }

    [Fact]
    public async Task A_trial_takes_the_namespace_of_a_profile_for_made()
    {
        await using var scene = await StartAsync();
        scene.Manifests.Add(ImportScene.ConfigMap("anna", "settings")).Add(Profile);

        var changes = await scene.PreviewAsync("KubeflowAws");

        Assert.All(changes, change => Assert.Equal(ClusterConfigChangeAction.Created, change.Action));
    }

    [Fact]
    public async Task A_recurring_run_arrives_held_with_the_status_that_its_kind_requires_and_is_the_same_the_second_time()
    {
        await using var scene = await StartAsync();
        scene.Host.Cluster("green").Seed([Owned("anna@example.com")]);
        scene.Manifests.Add(Recurring);

        var change = Assert.Single(await scene.ImportAsync("KubeflowAws"));
        using var arrived = (await scene.GetAsync(KubeflowCrds.Group, "ScheduledWorkflow", "anna", "nightly"))!;
        scene.Host.Cluster("green").Patch("kubeflow.org/v1beta1", "ScheduledWorkflow", "anna", "nightly", """{"status":{"trigger":{"lastIndex":42}}}""", "swf-controller");
        scene.Options = scene.Options with { Existing = ExistingObject.Apply };
        var again = Assert.Single(await scene.ImportAsync("KubeflowAws"));

        Assert.Equal(ClusterConfigChangeAction.Created, change.Action);
        Assert.NotNull(change.Held);
        Assert.Equal("41", arrived.Root.Member("status").Member("trigger").Member("lastIndex").GetRawText());
        // What the controller has written since is its own.
        Assert.Equal(ClusterConfigChangeAction.Unchanged, again.Action);
    }

    [Fact]
    public async Task A_recurring_run_travels_with_its_status_as_any_system()
    {
        await using var scene = await StartAsync();
        scene.Host.Cluster("green").Seed([Owned("anna@example.com")]);
        scene.Manifests.Add(Recurring);

        Assert.Equal(ClusterConfigChangeAction.Created, Assert.Single(await scene.ImportAsync()).Action);
    }

    [Fact]
    public async Task A_recurring_run_that_is_not_held_is_told_to_run_twice()
    {
        await using var scene = await StartAsync();
        scene.Host.Cluster("green").Seed([Owned("anna@example.com")]);
        scene.Options = scene.Options with { Hold = WorkloadClass.None };
        scene.Manifests.Add(Recurring);

        Assert.Contains("begins twice", Assert.Single(await scene.ImportAsync("KubeflowAws")).Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(VolumeHandling.Static, ClusterConfigChangeAction.Created)]
    [InlineData(VolumeHandling.Skip, ClusterConfigChangeAction.Skipped)]
    public async Task A_disk_is_left_to_Velero_whatever_is_said_of_volumes_and_a_file_system_is_not(VolumeHandling handling, ClusterConfigChangeAction ofFiles)
    {
        await using var scene = await StartAsync();
        scene.Host.Cluster("green").Seed([Owned("anna@example.com")]);
        scene.Options = scene.Options with { Volume = handling };
        foreach (var (name, driver) in new[] { ("disk", "ebs.csi.aws.com"), ("files", "efs.csi.aws.com") })
            scene.Manifests.Add(Claim(name)).Add(Volume(name, driver));
        // Bound to nothing that is known: it may have data.
        scene.Manifests.Add(Claim("lost"));

        var changes = await scene.ImportAsync("KubeflowAws");

        Assert.All(changes.Where(change => change.Name is "disk" or "volume-disk" or "lost"), change =>
        {
            Assert.Equal(ClusterConfigChangeAction.Skipped, change.Action);
            Assert.Contains("Velero brings it", change.Reason, StringComparison.Ordinal);
        });
        Assert.All(changes.Where(change => change.Name is "files" or "volume-files"), change =>
        {
            Assert.Equal(ofFiles, change.Action);
            Assert.DoesNotContain("Velero brings", change.Reason ?? "", StringComparison.Ordinal);
        });
        Assert.Equal(5, changes.Count);
    }

    [Fact]
    public async Task A_claim_that_is_selected_alone_is_known_by_its_volume_all_the_same()
    {
        await using var scene = await StartAsync();
        scene.Options = scene.Options with { Selection = new ClusterConfigSelection { Kind = ["PersistentVolumeClaim"] } };
        scene.Manifests.Add(Claim("files")).Add(Volume("files", "efs.csi.aws.com"));

        Assert.DoesNotContain("Velero brings", Assert.Single(await scene.ImportAsync("KubeflowAws")).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_training_that_ran_is_left_alone_with_the_reason()
    {
        await using var scene = await StartAsync();
        scene.Manifests.Add("""{"apiVersion":"kubeflow.org/v1","kind":"TFJob","metadata":{"name":"long","namespace":"anna"},"spec":{"tfReplicaSpecs":{}}}""");

        var change = Assert.Single(await scene.ImportAsync("KubeflowAws"));

        Assert.Equal(ClusterConfigChangeAction.Skipped, change.Action);
        Assert.Contains("from its start", change.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"awsIamRole\":\"arn:aws:iam::123456789012:role/kf\"}", true)]
    [InlineData("{\"awsIamRole\":\"arn:aws:iam::123456789012:role/kf\",\"annotateOnly\":true}", false)]
    public async Task A_plugin_that_edits_a_trust_policy_is_told_where_its_profile_arrives(string spec, bool told)
    {
        await using var scene = await StartAsync();
        scene.Manifests.Add(Profile.Replace("\"owner\":", $"\"plugins\":[{{\"kind\":\"AwsIamForServiceAccount\",\"spec\":{spec}}}],\"owner\":", StringComparison.Ordinal));

        var change = Assert.Single(await scene.ImportAsync("KubeflowAws"));

        Assert.Equal(told, change.Reason?.Contains("role/kf and keeps its first statement alone", StringComparison.Ordinal) ?? false);
    }

    private static async Task<ImportScene> StartAsync()
    {
        var scene = await ImportScene.StartAsync();
        scene.Host.Cluster("green").Seed(KubeflowCrds.All.Select(crd => crd.Json));
        return scene;
    }

    private static string Owned(string owner) => $$$$"""{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"anna","annotations":{"owner":"{{{{owner}}}}"}}}""";

    private static string Claim(string name) =>
        $$$$"""{"apiVersion":"v1","kind":"PersistentVolumeClaim","metadata":{"name":"{{{{name}}}}","namespace":"anna"},"spec":{"accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":"1Gi"} } } }""";

    private static string Volume(string claim, string driver) =>
        $$$$"""{"apiVersion":"v1","kind":"PersistentVolume","metadata":{"name":"volume-{{{{claim}}}}"},"spec":{"accessModes":["ReadWriteOnce"],"capacity":{"storage":"1Gi"},"claimRef":{"namespace":"anna","name":"{{{{claim}}}}"},"csi":{"driver":"{{{{driver}}}}","volumeHandle":"h"}}}""";
}
