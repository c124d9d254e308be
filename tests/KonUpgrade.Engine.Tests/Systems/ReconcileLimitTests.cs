using System.Text;
using System.Text.Json.Nodes;
using KonUpgrade.Engine.Configuration.Exporting;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Systems;
using KonUpgrade.Engine.Systems.Kubermatic.Reconciling;
using KonUpgrade.Engine.Tests.Support;
using KonUpgrade.Model;
using KonUpgrade.Sandbox.Hosting;
using static KonUpgrade.Engine.Tests.Systems.KubermaticScene;

namespace KonUpgrade.Engine.Tests.Systems;

public sealed class ReconcileLimitTests
{
    private const string Ten = """{"replicas":2,"maximumParallelReconciles":10}""";

    private static readonly ApiResource s_configurations =
        new() { Group = "kubermatic.k8c.io", Version = "v1", Kind = "KubermaticConfiguration", Plural = "kubermaticconfigurations", Namespaced = true };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_load_is_counted_on_each_seed_by_itself()
    {
        await using var scene = await Scene.StartAsync(Ten);
        scene.Host.Cluster("eu").Seed(
        [
            UserCluster("done1"), UserCluster("done2"), UserCluster("prog", upToDate: false, since: "2999-01-01T00:00:00Z"), UserCluster("wait", "v2.30.2", controller: false),
            UserCluster("paused", "v2.30.2", upToDate: false, spec: ""","pause":true"""), UserCluster("failing", upToDate: false, status: ""","errorReason":"ReconcileError" """),
            Deployment("kubermatic-seed-controller-manager", ["-max-parallel-reconcile=10"]),
        ]);

        var limit = await scene.GetAsync();

        Assert.Equal((10, 10, false, null, "v2.31.0", "Community Edition"), (limit.Limit, limit.Configured, limit.IsKept, limit.Before, limit.TargetVersion, limit.Edition));
        var eu = Assert.Single(limit.Seeds);
        Assert.Equal((6, 2, 2, 1, 1, 1, 3), (eu.Total, eu.Done, eu.InProgress, eu.Waiting, eu.Excluded, eu.Failing, eu.OccupiedSlots));
        Assert.Equal(("paused", "failing", false), (Assert.Single(eu.BlockingClusters), Assert.Single(eu.FailingClusters), eu.IsStopped));
        Assert.Equal((10, true), (eu.ControllerLimit, eu.IsRolledOut));
        Assert.Equal((3, true, false), (limit.RemainingLoad, limit.Complete, limit.IsSettled));
        Assert.Contains("eu: 1 of 10 slots are occupied for ever", Assert.Single(scene.Reporter.Of("warning")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, 10, null)]
    [InlineData("""{"replicas":2}""", 10, null)]
    [InlineData("""{"maximumParallelReconciles":0}""", 10, 0)]
    [InlineData("""{"maximumParallelReconciles":4}""", 4, 4)]
    public async Task What_is_not_configured_or_zero_is_ten(string? seedController, int limit, int? configured)
    {
        await using var scene = await Scene.StartAsync(seedController);
        var found = await scene.GetAsync();
        Assert.Equal((limit, configured), (found.Limit, found.Configured));
    }

    [Fact]
    public async Task A_seed_that_cannot_be_read_is_told_and_the_others_are_counted()
    {
        await using var scene = await Scene.StartAsync(Ten);
        scene.Host.Cluster("master").Seed([Seed("lost", "nowhere")]);
        scene.Host.Cluster("eu").Seed([UserCluster("done")]);

        var limit = await scene.GetAsync();

        Assert.Equal(["eu", "lost"], limit.Seeds.Select(seed => seed.Seed));
        Assert.Equal(("SeedKubeConfigMissing", false, 0, false), (limit.Seeds[1].Failure?.Id, limit.Complete, limit.RemainingLoad, limit.IsSettled));
        Assert.Contains("lost", Assert.Single(scene.Reporter.Of("warning")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_master_that_is_its_own_seed_is_counted_there()
    {
        await using var host = await SandboxFixture.StartAsync(new SandboxClusterOptions("master", "1.33"));
        host.Cluster("master").Seed([.. Installed(master: true), Settings(), Seed("kubermatic", "own"), Secret("own", "kubeconfig", KubeConfigOf(host, "master")), UserCluster("one"), UserCluster("two", upToDate: false)]);
        await using var master = await SandboxFixture.ConnectAsync(host, "master");

        var limit = await FirstAsync(new ReconcileLimitReader(master, new ReconcileLimitOptions(), NullReporter.Instance).RunAsync(Token));

        Assert.Equal(("kubermatic", 2, 1), (limit.Seeds[0].Seed, limit.Seeds[0].Total, limit.RemainingLoad));
    }

    [Fact]
    public async Task A_seed_and_a_cluster_without_Kubermatic_are_no_masters()
    {
        await using var scene = await Scene.StartAsync(Ten);
        await using var seed = await SandboxFixture.ConnectAsync(scene.Host, "eu");
        var reader = new ReconcileLimitReader(seed, new ReconcileLimitOptions(), NullReporter.Instance);
        Assert.Equal("NotAMaster", (await Assert.ThrowsAsync<UpgradeException>(() => FirstAsync(reader.RunAsync(Token)))).Failure.Id);
        var elsewhere = new ReconcileLimitReader(scene.Master, new ReconcileLimitOptions { Namespace = "other" }, NullReporter.Instance);
        Assert.Equal("ConfigurationNotFound", (await Assert.ThrowsAsync<UpgradeException>(() => FirstAsync(elsewhere.RunAsync(Token)))).Failure.Id);
    }

    [Theory]
    [InlineData(Ten, "10 → 2")]
    [InlineData("""{"maximumParallelReconciles":0}""", "10 (configured as 0) → 2")]
    [InlineData("""{"replicas":2}""", "10 (nothing is configured) → 2")]
    [InlineData("{}", "10 (nothing is configured) → 2")]
    [InlineData(null, "10 (nothing is configured) → 2")]
    public async Task A_limit_is_lowered_and_put_back_exactly_as_it_was(string? seedController, string words)
    {
        await using var scene = await Scene.StartAsync(seedController);
        var before = scene.Configured();

        var lowered = await scene.SetAsync(2, words);
        Assert.Equal((ReconcileLimitAction.Lowered, 2, 10, true), (lowered.Action, lowered.Limit, lowered.Before, lowered.IsLowered));
        var seen = await scene.GetAsync();
        Assert.Equal((2, 10, lowered.ConfiguredBefore, true), (seen.Limit, seen.Before, seen.ConfiguredBefore, seen.IsLowered));

        // A second one keeps the first.
        var again = await scene.SetAsync(3, "2 → 3");
        Assert.Equal((ReconcileLimitAction.Raised, 3, 10), (again.Action, again.Limit, again.Before));

        var reset = await scene.ResetAsync();
        Assert.Equal((ReconcileLimitAction.Reset, 10, false, null), (reset.Action, reset.Limit, reset.IsKept, reset.Before));
        Assert.Equal(before, scene.Configured());
        Assert.Equal(seedController?.Contains("maximum", StringComparison.Ordinal) == true ? ["sandbox"] : [], scene.OwnersAfterwards());
    }

    [Fact]
    public async Task What_is_as_it_is_to_be_is_not_written_again()
    {
        await using var scene = await Scene.StartAsync();
        var revision = scene.Host.Cluster("master").Revision;
        Assert.Equal(ReconcileLimitAction.Unchanged, (await scene.SetAsync(10, words: null)).Action);
        var nothing = await scene.ResetAsync(words: null);
        Assert.Equal(ReconcileLimitAction.Unchanged, nothing.Action);
        Assert.StartsWith("Nothing is kept", nothing.Reason, StringComparison.Ordinal);
        Assert.Equal(revision, scene.Host.Cluster("master").Revision);

        await scene.SetAsync(2, "10 (nothing is configured) → 2");
        revision = scene.Host.Cluster("master").Revision;
        Assert.Equal((ReconcileLimitAction.Unchanged, 10), ((await scene.SetAsync(2, words: null)) is var same ? (same.Action, same.Before!.Value) : default));
        Assert.Equal(revision, scene.Host.Cluster("master").Revision);
    }

    [Theory]
    [InlineData(0, "0 means the default, 10")]
    [InlineData(-1, "not documented")]
    public async Task Less_than_one_is_refused(int limit, string why)
    {
        await using var scene = await Scene.StartAsync(Ten);
        var failure = (await Assert.ThrowsAsync<UpgradeException>(() => scene.SetAsync(limit))).Failure;
        Assert.Equal("LimitInvalid", failure.Id);
        Assert.Contains(why, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_seed_that_would_stand_still_is_told_before_it_is_lowered()
    {
        await using var scene = await Scene.StartAsync(Ten);
        scene.Host.Cluster("eu").Seed([UserCluster("a", upToDate: false, spec: ""","pause":true"""), UserCluster("b", upToDate: false, spec: ""","pause":true""")]);
        await scene.SetAsync(2);
        Assert.Equal("eu: 2 of 2 slots are occupied for ever by clusters that are not up to date and that nobody reconciles (a, b): the seed reconciles no other cluster until they are released or the limit is greater.", Assert.Single(scene.Reporter.Of("warning")));
        Assert.True((await scene.GetAsync()).Seeds[0].IsStopped);
    }

    [Theory]
    [InlineData("progress")]
    [InlineData("waiting")]
    [InlineData("unread")]
    public async Task It_is_not_put_back_while_load_remains_unless_by_force(string what)
    {
        await using var scene = await Scene.StartAsync(Ten);
        await scene.SetAsync(2);
        if (what == "unread")
            scene.Host.Cluster("master").Seed([Seed("lost", "nowhere")]);
        else
            scene.Host.Cluster("eu").Seed([what == "progress" ? UserCluster("one", upToDate: false) : UserCluster("one", "v2.30.2", controller: false)]);

        var failure = (await Assert.ThrowsAsync<UpgradeException>(() => scene.ResetAsync())).Failure;
        Assert.Equal(("LoadRemains", FailureKind.Refused), (failure.Id, failure.Kind));
        Assert.Contains(what switch { "progress" => "eu: 1 in progress, 0 waiting", "waiting" => "eu: 0 in progress, 1 waiting", _ => "lost can't be told" }, failure.Message, StringComparison.Ordinal);
        Assert.Equal(2, (await scene.GetAsync()).Limit);

        Assert.Equal((ReconcileLimitAction.Reset, 10), ((await scene.ResetAsync(force: true)) is var reset ? (reset.Action, reset.Limit) : default));
    }

    [Fact]
    public async Task What_somebody_else_has_set_since_stays_theirs()
    {
        await using var scene = await Scene.StartAsync(Ten);
        await scene.SetAsync(2);
        scene.PatchLimit(5, "kubectl-edit");

        var left = await scene.ResetAsync("5, which somebody else has set, stays");

        Assert.Equal((ReconcileLimitAction.Left, 5, false), (left.Action, left.Limit, left.IsKept));
        Assert.Contains(scene.Reporter.Of("warning"), line => line.Contains("was changed since it was held, and is left as it is: 5.", StringComparison.Ordinal));
        Assert.Equal(["kubectl-edit"], scene.OwnersAfterwards());
    }

    [Fact]
    public async Task Set_over_what_somebody_else_has_set_theirs_is_put_back()
    {
        await using var scene = await Scene.StartAsync(Ten);
        await scene.SetAsync(2);
        scene.PatchLimit(5, "kubectl-edit");

        Assert.Equal(5, (await scene.SetAsync(3, "5 → 3")).Before);
        Assert.Contains(scene.Reporter.Of("warning"), line => line.Contains("somebody else has set the limit to 5 since it was set to 2", StringComparison.Ordinal));
        await scene.ResetAsync("3 → 5");
        Assert.Equal(["kubectl-edit"], scene.OwnersAfterwards());
    }

    [Fact]
    public async Task An_installer_that_wrote_what_was_before_is_no_conflict()
    {
        await using var scene = await Scene.StartAsync(Ten);
        await scene.SetAsync(2);
        scene.PatchLimit(10, "kubermatic-installer");
        Assert.Equal((10, true), ((await scene.GetAsync()) is var seen ? (seen.Limit, seen.IsKept) : default));

        Assert.Equal((ReconcileLimitAction.Lowered, 10), ((await scene.SetAsync(2)) is var again ? (again.Action, again.Before!.Value) : default));
        scene.PatchLimit(10, "kubermatic-installer");
        Assert.Equal((ReconcileLimitAction.Reset, false), ((await scene.ResetAsync("10 → 10")) is var reset ? (reset.Action, reset.IsKept) : default));
    }

    [Fact]
    public async Task A_manager_that_applies_the_field_is_named_and_it_is_taken_only_by_force()
    {
        await using var scene = await Scene.StartAsync(applied: true);
        var before = scene.Configured();

        var failure = (await Assert.ThrowsAsync<UpgradeException>(() => scene.SetAsync(2))).Failure;
        Assert.Equal("FieldManagerConflict", failure.Id);
        Assert.Contains("applied by argocd", failure.Message, StringComparison.Ordinal);
        Assert.Equal(before, scene.Configured());

        Assert.Equal(2, (await scene.SetAsync(2, force: true)).Limit);
        await scene.ResetAsync();
        Assert.Equal(before, scene.Configured());
        Assert.Equal(["argocd"], scene.OwnersAfterwards());
    }

    [Fact]
    public async Task Somebody_elses_change_between_look_and_write_is_not_lost()
    {
        await using var scene = await Scene.StartAsync(Ten);
        await using var changer = await scene.PrepareAsync(new ReconcileLimitChange { Limit = 2 });
        scene.Host.Cluster("master").Patch("kubermatic.k8c.io/v1", "KubermaticConfiguration", "kubermatic", "kubermatic", """{"spec":{"ui":{"replicas":3}}}""", "kubectl-edit");
        Assert.Equal(2, (await changer.RunAsync(Token)).Limit);
        Assert.Contains("\"ui\":{\"replicas\":3}", scene.Configured(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_was_replaced_meanwhile_is_not_changed()
    {
        await using var scene = await Scene.StartAsync(Ten);
        var seen = await scene.GetAsync();
        await scene.Master.Client.DeleteAsync(s_configurations, "kubermatic", "kubermatic", new DeleteOptions(), Token);
        scene.Host.Cluster("master").Seed([Settings(Ten)]);
        var e = await Assert.ThrowsAsync<UpgradeException>(() => scene.PrepareAsync(new ReconcileLimitChange { Limit = 2, Uid = seen.Uid }));
        Assert.Equal("ConfigurationNotFound", e.Failure.Id);
    }

    [Fact]
    public async Task Of_several_configurations_one_must_be_named()
    {
        await using var scene = await Scene.StartAsync(Ten);
        scene.Host.Cluster("master").Seed([Settings(Ten, ns: "other")]);
        Assert.Equal("SeveralConfigurations", (await Assert.ThrowsAsync<UpgradeException>(() => scene.SetAsync(2))).Failure.Id);
        var limits = new List<ReconcileLimit>();
        await foreach (var limit in new ReconcileLimitReader(scene.Master, new ReconcileLimitOptions(), scene.Reporter).RunAsync(Token))
            limits.Add(limit);
        Assert.Equal([("kubermatic", 1), ("other", 0)], limits.Select(limit => (limit.Namespace!, limit.Seeds.Count)));
    }

    [Fact]
    public async Task It_waits_until_the_controllers_run_with_the_limit()
    {
        await using var scene = await Scene.StartAsync(Ten);
        scene.Host.Cluster("master").Seed([Object("Seed", "us", "kubermatic", """{"kubeconfig":{"name":"kubeconfig-eu"}}""").Replace("\"name\":\"us\"", "\"name\":\"us\",\"annotations\":{\"kubermatic.k8c.io/skip-reconciling\":\"true\"}", StringComparison.Ordinal)]);
        scene.Host.Cluster("eu").Seed([Deployment("kubermatic-seed-controller-manager", ["-max-parallel-reconcile=10"])]);
        await using var changer = await scene.PrepareAsync(new ReconcileLimitChange { Limit = 2 });
        await changer.RunAsync(Token);

        var (early, late) = await changer.WaitAsync(TimeSpan.FromMilliseconds(1), Token);
        Assert.Equal("RolloutNotFinished", late?.Id);
        Assert.Contains("eu (its Deployment still has 10)", late!.Message, StringComparison.Ordinal);
        Assert.Equal(10, early.Seeds[0].ControllerLimit);

        var waiting = changer.WaitAsync(TimeSpan.FromMinutes(1), Token);
        await scene.RollAsync(2, ready: false);
        Assert.False(waiting.IsCompleted);
        await scene.RollAsync(2, ready: true);
        var (limit, none) = await waiting;

        Assert.Null(none);
        Assert.Equal((2, true), (limit.Seeds[0].ControllerLimit, limit.Seeds[0].IsRolledOut));
        // The operator leaves the other one alone: it would be waited for until the end of time.
        Assert.Contains(scene.Reporter.Of("warning"), line => line.StartsWith("us: the operator leaves it alone", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_export_of_a_lowered_limit_has_what_was_before_and_nothing_of_ours()
    {
        await using var scene = await Scene.StartAsync(Ten);
        await scene.SetAsync(2);
        using var folder = new TempFolder();
        var system = new SystemCatalog(new SystemServices { Roles = null }).Get("Kubermatic").Description;
        await foreach (var _ in new ConfigExporter(scene.Master, new ExportOptions { Path = folder.Path, System = system }, NullReporter.Instance).RunAsync(Token))
        {
        }
        var written = await File.ReadAllTextAsync(Path.Combine(folder.Path, "kubermatic.k8c.io", "KubermaticConfiguration", "kubermatic", "kubermatic.yaml"), Token);
        Assert.Contains("maximumParallelReconciles: 10", written, StringComparison.Ordinal);
        Assert.DoesNotContain("konupgrade.dev", written, StringComparison.Ordinal);
    }

    private static async Task<T> FirstAsync<T>(IAsyncEnumerable<T> all)
    {
        await foreach (var one in all)
            return one;
        throw new InvalidOperationException("There is none.");
    }

    // A master with a configuration, and the seed eu.
    private sealed class Scene : IAsyncDisposable
    {
        private Scene(SandboxHost host, ClusterConnection master)
        {
            Host = host;
            Master = master;
        }

        public SandboxHost Host { get; }

        public ClusterConnection Master { get; }

        public RecordingReporter Reporter { get; } = new();

        public static async Task<Scene> StartAsync(string? seedController = null, bool applied = false)
        {
            var host = await SandboxFixture.StartAsync(new SandboxClusterOptions("master", "1.33"), new SandboxClusterOptions("eu", "1.33"));
            host.Cluster("master").Seed([.. Installed(master: true), Seed("eu", "kubeconfig-eu"), Secret("kubeconfig-eu", "kubeconfig", KubeConfigOf(host, "eu"))]);
            if (applied)
                host.Cluster("master").Apply(Settings(Ten), "argocd");
            else
                host.Cluster("master").Seed([Settings(seedController)]);
            host.Cluster("eu").Seed(Installed(master: false));
            return new Scene(host, await SandboxFixture.ConnectAsync(host, "master"));
        }

        public Task<ReconcileLimit> GetAsync() => FirstAsync(new ReconcileLimitReader(Master, new ReconcileLimitOptions(), Reporter).RunAsync(Token));

        public Task<ReconcileLimitChanger> PrepareAsync(ReconcileLimitChange change) => ReconcileLimitChanger.PrepareAsync(Master, new ReconcileLimitOptions(), change, Reporter, Token);

        public Task<ReconcileLimit> SetAsync(int limit, string? words = "10 → 2", bool force = false) => RunAsync(new ReconcileLimitChange { Limit = limit, ForceConflict = force }, words);

        public async Task<ReconcileLimit> ResetAsync(bool force = false) => await RunAsync(new ReconcileLimitChange { Force = force }, words: "*");

        public Task<ReconcileLimit> ResetAsync(string? words) => RunAsync(new ReconcileLimitChange(), words);

        /// <summary>The configuration without what only the server writes.</summary>
        public string Configured()
        {
            var o = (JsonObject)Live().DeepClone();
            var metadata = (JsonObject)o["metadata"]!;
            foreach (var name in new[] { "managedFields", "resourceVersion", "generation" })
                metadata.Remove(name);
            return o.ToJsonString();
        }

        /// <summary>Who owns the limit. We own nothing of a configuration that we have let go of.</summary>
        public IEnumerable<string> OwnersAfterwards()
        {
            var entries = ((JsonArray)Live()["metadata"]!["managedFields"]!).ToDictionary(entry => entry!["manager"]!.ToString(), entry => entry!["fieldsV1"]!.ToJsonString(), StringComparer.Ordinal);
            Assert.DoesNotContain("konupgrade", entries.Keys);
            return entries.Where(entry => entry.Value.Contains("f:maximumParallelReconciles", StringComparison.Ordinal)).Select(entry => entry.Key);
        }

        public void PatchLimit(int limit, string manager) => Host.Cluster("master").Patch(
            "kubermatic.k8c.io/v1", "KubermaticConfiguration", "kubermatic", "kubermatic", $$$$"""{"spec":{"seedController":{"maximumParallelReconciles":{{{{limit}}}}}}}""", manager);

        /// <summary>What the operator does: another flag, and then all Pods are new.</summary>
        public async Task RollAsync(int limit, bool ready)
        {
            await using var eu = await SandboxFixture.ConnectAsync(Host, "eu");
            async Task PatchAsync(string patch, string? subresource = null)
            {
                using var _ = await eu.Client.PatchAsync(CoreResources.Deployments, "kubermatic", SeedController.Name, PatchKind.Merge, Encoding.UTF8.GetBytes(patch), new WriteOptions { FieldManager = "operator" }, Token, subresource);
            }

            await PatchAsync($$$$$"""{"spec":{"template":{"spec":{"containers":[{"name":"c","image":"quay.io/k:1","args":["-max-parallel-reconcile={{{{{limit}}}}}"]}]}}}}""");
            if (!ready)
                return;
            using var live = await eu.Client.GetAsync(CoreResources.Deployments, "kubermatic", SeedController.Name, Token);
            await PatchAsync($$$"""{"status":{"observedGeneration":{{{live!.Metadata.Member("generation").GetInt64()}}},"replicas":1,"updatedReplicas":1,"availableReplicas":1}}""", "status");
        }

        public async ValueTask DisposeAsync()
        {
            await Master.DisposeAsync();
            await Host.DisposeAsync();
        }

        private async Task<ReconcileLimit> RunAsync(ReconcileLimitChange change, string? words)
        {
            await using var changer = await PrepareAsync(change);
            if (words != "*")
                Assert.Equal(words, changer.Words);
            return await changer.RunAsync(Token);
        }

        private JsonObject Live() => Host.Cluster("master").Objects().Single(o => o["kind"]!.ToString() == "KubermaticConfiguration");
    }
}
