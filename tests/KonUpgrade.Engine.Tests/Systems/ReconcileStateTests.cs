using System.Text;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Systems.Kubermatic.Reconciling;
using static KonUpgrade.Engine.Tests.Systems.KubermaticScene;
using UserClusterObject = KonUpgrade.Engine.Systems.Kubermatic.UserCluster;

namespace KonUpgrade.Engine.Tests.Systems;

public sealed class ReconcileStateTests
{
    private const string Target = "v2.31.0";
    private const string Old = "v2.30.2";
    private static readonly DateTimeOffset s_now = new(2026, 3, 2, 9, 15, 0, TimeSpan.Zero);

    /// <summary>The cluster, what it is to the load, why it fails, whether it occupies a slot, and why for ever.</summary>
    public static TheoryData<string, string, string?, bool, string?> Cases => new()
    {
        { UserCluster("done"), "Done", null, false, null },
        { UserCluster("prog", upToDate: false), "InProgress", null, true, null },
        { UserCluster("slot", Old, controller: false), "Waiting", null, false, null },
        { UserCluster("old", Old), "Waiting", null, false, null },
        // Another controller of the target has written all but one: each is looked at.
        { UserCluster("addon", addonVersion: Old), "Waiting", null, false, null },
        { UserCluster("new").Replace("SeedResourcesUpToDate", "Other", StringComparison.Ordinal), "InProgress", null, true, null },
        { """{"apiVersion":"kubermatic.k8c.io/v1","kind":"Cluster","metadata":{"name":"fresh","creationTimestamp":"2026-03-02T09:00:00Z"},"spec":{}}""", "InProgress", null, true, null },
        { """{"apiVersion":"kubermatic.k8c.io/v1","kind":"Cluster","metadata":{"name":"never","creationTimestamp":"2026-03-02T08:00:00Z"},"spec":{}}""", "InProgress", "in progress since 2026-03-02 08:00Z", true, null },
        { UserCluster("paused", Old, upToDate: false, spec: ""","pause":true,"pauseReason":"manual etcd repair" """), "Excluded", null, true, "it is paused (manual etcd repair)" },
        { UserCluster("rests", spec: ""","pause":true"""), "Excluded", null, false, null },
        { UserCluster("gone", Old, metadata: ""","deletionTimestamp":"2026-03-02T09:00:00Z" """), "Excluded", null, false, null },
        // One that is deleted frees its slot when it is gone.
        { UserCluster("going", Old, upToDate: false, metadata: ""","deletionTimestamp":"2026-03-02T09:00:00Z" """), "Excluded", null, true, null },
        { UserCluster("dev", upToDate: false, metadata: ""","labels":{"worker-name":"alice"}"""), "Excluded", null, true, "it is left to the worker alice" },
        { UserCluster("slow", upToDate: false, since: "2026-03-02T08:00:00Z"), "InProgress", "in progress since 2026-03-02 08:00Z", true, null },
        { UserCluster("error", upToDate: false, status: ""","errorReason":"InvalidConfiguration","errorMessage":"no such datacenter" """), "InProgress", "InvalidConfiguration: no such datacenter", true, null },
        { UserCluster("down").Replace("\"etcd\":\"HealthStatusUp\"", "\"etcd\":\"HealthStatusDown\"", StringComparison.Ordinal), "Done", "etcd down", false, null },
        { UserCluster("old2.19").Replace("\"apiserver\":\"HealthStatusUp\"", "\"apiserver\":0", StringComparison.Ordinal), "Done", "apiserver down", false, null },
        // Paused, it is nobody's failure.
        { UserCluster("both", spec: ""","pause":true""", status: ""","errorReason":"ReconcileError" """), "Excluded", null, false, null },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_cluster_is_counted_as_what_its_conditions_say(string json, string state, string? fails, bool occupies, string? blocks) =>
        Assert.Equal((state, fails, occupies, blocks), Look(json, Target));

    [Fact]
    public void Without_a_target_version_none_is_done() => Assert.Equal("Waiting", Look(UserCluster("any"), target: null).Class);

    [Theory]
    [InlineData("-max-parallel-reconcile=7", null, 7)]
    [InlineData("--max-parallel-reconcile", "3", 3)]
    [InlineData("max-parallel-reconcile=7", null, null)]
    [InlineData("-max-parallel-reconcile-other=7", null, null)]
    [InlineData("-max-parallel-reconcile", "much", null)]
    public void The_limit_that_a_controller_runs_with_is_its_flag(string first, string? second, int? limit)
    {
        using var deployment = KubernetesObject.Parse(Encoding.UTF8.GetBytes(Deployment("d", ["-v=2", first, .. second is null ? (string[])[] : [second]])));
        Assert.Equal(limit, SeedController.Read(deployment).Limit);
    }

    [Theory]
    [InlineData(2, 2, 2, 2, 1, true)]
    [InlineData(2, 2, 1, 1, 1, false)]
    [InlineData(2, 3, 2, 2, 1, false)]
    [InlineData(2, 2, 2, 1, 1, false)]
    [InlineData(2, 2, 2, 2, 0, false)]
    [InlineData(0, 0, 0, 0, 1, true)]
    public void A_controller_is_rolled_out_when_all_of_its_Pods_are_new_and_available(int wanted, int there, int updated, int available, int observed, bool done)
    {
        var json = $$$"""{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"d","generation":1},"spec":{"replicas":{{{wanted}}}},"status":{"observedGeneration":{{{observed}}},"replicas":{{{there}}},"updatedReplicas":{{{updated}}},"availableReplicas":{{{available}}}}}""";
        using var deployment = KubernetesObject.Parse(Encoding.UTF8.GetBytes(json));
        Assert.Equal(done, SeedController.Read(deployment).IsRolledOut);
    }

    private static (string Class, string? Fails, bool Occupies, string? Blocks) Look(string json, string? target)
    {
        using var o = KubernetesObject.Parse(Encoding.UTF8.GetBytes(json));
        var state = ReconcileState.Of(UserClusterObject.Read(o), target, s_now, TimeSpan.FromMinutes(30));
        return (state.Class.ToString(), state.Fails, state.Occupies, state.Blocks);
    }
}
