using System.Text;
using System.Text.Json.Nodes;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Velero.Objects;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Tests.Velero;

/// <summary>What is written for what is asked for, and what is read of what is there.</summary>
public sealed class VeleroSpecsTests
{
    private static readonly VeleroKinds s_all = new([], []);

    [Fact]
    public void What_is_not_said_is_not_written() =>
        Same("""{"storageLocation":"default"}""", VeleroSpecs.Backup(new VeleroBackupRequest(), s_all, "default"));

    [Fact]
    public void Everything_that_is_said_of_a_backup_is_written()
    {
        var request = new VeleroBackupRequest
        {
            Selection = new VeleroScope { Namespaces = ["b", "a"], ExcludedNamespaces = ["c"], LabelSelectors = ["app=web,tier in (x,y),!old"], IncludeClusterResources = false },
            Ttl = TimeSpan.FromDays(30),
            VolumeSnapshotLocations = ["west"],
            Hooks = JsonNode.Parse("""[{"name":"freeze","pre":[{"exec":{"command":["sync"]}}]}]""")!.AsArray(),
            OrderedResources = new Dictionary<string, string> { ["pods"] = "a/db-0" },
            ResourcePolicy = "policy",
            CsiSnapshotTimeout = TimeSpan.FromMinutes(90),
            ItemOperationTimeout = TimeSpan.FromHours(6),
        };
        Same(
            """
            {"includedNamespaces":["a","b"],"excludedNamespaces":["c"],"includedResources":["deployments.apps"],"excludedResources":["secrets"],"includeClusterResources":false,
             "labelSelector":{"matchLabels":{"app":"web"},"matchExpressions":[{"key":"tier","operator":"In","values":["x","y"]},{"key":"old","operator":"DoesNotExist"}]},
             "storageLocation":"default","volumeSnapshotLocations":["west"],"ttl":"720h0m0s","hooks":{"resources":[{"name":"freeze","pre":[{"exec":{"command":["sync"]}}]}]},
             "orderedResources":{"pods":"a/db-0"},"resourcePolicy":{"kind":"ConfigMap","name":"policy"},"csiSnapshotTimeout":"1h30m0s","itemOperationTimeout":"6h0m0s"}
            """,
            VeleroSpecs.Backup(request, new VeleroKinds(["deployments.apps"], ["secrets"]), "default"));
    }

    [Theory]
    [InlineData(VeleroVolumes.Default, "{}")]
    [InlineData(VeleroVolumes.Snapshot, """{"snapshotVolumes":true,"defaultVolumesToFsBackup":false}""")]
    [InlineData(VeleroVolumes.SnapshotAndMove, """{"snapshotVolumes":true,"snapshotMoveData":true,"defaultVolumesToFsBackup":false}""")]
    [InlineData(VeleroVolumes.FileSystem, """{"defaultVolumesToFsBackup":true}""")]
    [InlineData(VeleroVolumes.None, """{"snapshotVolumes":false,"defaultVolumesToFsBackup":false}""")]
    public void Volumes_are_backed_up_as_it_is_said(VeleroVolumes volumes, string fields)
    {
        var spec = VeleroSpecs.Backup(new VeleroBackupRequest { Volumes = volumes }, s_all, "x");
        spec.Remove("storageLocation");
        Same(fields, spec);
    }

    [Fact]
    public void Several_selectors_are_alternatives_and_comparisons_of_numbers_are_refused()
    {
        var spec = VeleroSpecs.Backup(new VeleroBackupRequest { Selection = new VeleroScope { LabelSelectors = ["a=1", "b=2"] } }, s_all, "x");
        Same("""[{"matchLabels":{"a":"1"}},{"matchLabels":{"b":"2"}}]""", spec["orLabelSelectors"]);
        Assert.False(spec.ContainsKey("labelSelector"));
        foreach (var bad in new[] { "gen>1", "a b", " " })
        {
            var e = Assert.Throws<UpgradeException>(() => VeleroSpecs.Backup(new VeleroBackupRequest { Selection = new VeleroScope { LabelSelectors = [bad] } }, s_all, "x"));
            Assert.Equal("InvalidLabelSelector", e.Failure.Id);
        }
    }

    [Fact]
    public void Everything_that_is_said_of_a_restore_is_written()
    {
        var request = new VeleroRestoreRequest
        {
            Selection = new VeleroScope { Namespaces = ["a"] },
            NamespaceMapping = new Dictionary<string, string> { ["a"] = "b" },
            Existing = VeleroExisting.Update,
            RestoreVolumes = false,
            PreserveNodePorts = true,
            ResourceModifier = "rules",
        };
        Same(
            """
            {"includedNamespaces":["a"],"backupName":"before","namespaceMapping":{"a":"b"},"existingResourcePolicy":"update","restoreStatus":{"includedResources":["workflows.argoproj.io"]},
             "restorePVs":false,"preserveNodePorts":true,"resourceModifier":{"kind":"ConfigMap","name":"rules"}}
            """,
            VeleroSpecs.Restore(request, s_all, ["workflows.argoproj.io"], "before"));
        Same("""{"backupName":"before"}""", VeleroSpecs.Restore(new VeleroRestoreRequest(), s_all, [], "before"));
    }

    [Fact]
    public void The_key_is_that_of_the_request_in_its_cluster_and_not_of_the_order_in_which_it_was_said()
    {
        string Key(string cluster, params string[] namespaces) =>
            VeleroSpecs.Key(VeleroSpecs.Backup(new VeleroBackupRequest { Selection = new VeleroScope { Namespaces = namespaces } }, s_all, "x"), new Dictionary<string, string>(), cluster, "velero");
        Assert.Equal(Key("1", "a", "b"), Key("1", "b", "a"));
        Assert.NotEqual(Key("1", "a"), Key("2", "a"));
        Assert.NotEqual(Key("1", "a"), Key("1", "a", "b"));
        Assert.Equal(40, Key("1").Length);
        Assert.Equal(7, VeleroSpecs.Number(VeleroSpecs.Name("konupgrade", Key("1"), 7), "konupgrade", Key("1")));
        Assert.Equal(0, VeleroSpecs.Number("konupgrade-other", "konupgrade", Key("1")));
    }

    [Theory]
    [InlineData("", false, false)]
    [InlineData("New", false, false)]
    [InlineData("Queued", false, false)]
    [InlineData("ReadyToStart", false, false)]
    [InlineData("InProgress", false, false)]
    [InlineData("WaitingForPluginOperations", false, false)]
    [InlineData("WaitingForPluginOperationsPartiallyFailed", false, false)]
    [InlineData("Finalizing", false, false)]
    [InlineData("FinalizingPartiallyFailed", false, false)]
    [InlineData("Deleting", false, false)]
    [InlineData("SomethingOfALaterDay", false, false)]
    [InlineData("Completed", true, true)]
    [InlineData("PartiallyFailed", true, false)]
    [InlineData("Failed", true, false)]
    [InlineData("FailedValidation", true, false)]
    public void A_phase_says_whether_it_has_ended_and_well(string phase, bool hasEnded, bool isComplete)
    {
        foreach (var read in new VeleroOperation[] { Backup($$""" "phase":"{{phase}}" """), Restore($$""" "phase":"{{phase}}" """) })
        {
            Assert.Equal((phase.Length > 0 ? phase : "New", hasEnded, isComplete), (read.Phase, read.HasEnded, read.Complete));
            Assert.Equal(hasEnded && !isComplete, VeleroFailures.Of(read) is not null);
        }
    }

    [Theory]
    [InlineData(""" "phase":"PartiallyFailed","errors":2,"warnings":1,"progress":{"totalItems":40,"itemsBackedUp":38} """, "VeleroBackupPartiallyFailed", "2 errors, 1 warnings, 38 of 40 items")]
    [InlineData(""" "phase":"Failed","failureReason":"the server was started anew" """, "VeleroBackupFailed", "Velero says: the server was started anew.")]
    [InlineData(""" "phase":"FailedValidation","validationErrors":["no such location","no such kind"] """, "VeleroBackupNotValid", "no such location; no such kind")]
    [InlineData(""" "phase":"Completed","errors":1 """, "VeleroBackupNotComplete", "1 errors")]
    [InlineData(""" "phase":"Completed","progress":{"totalItems":5} """, "VeleroBackupNotComplete", "0 of 5 items")]
    public void One_that_ended_badly_says_how(string status, string id, string words)
    {
        var failure = VeleroFailures.Of(Backup(status))!;
        Assert.Equal(id, failure.Id);
        Assert.Contains(words, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Counts_times_and_progress_are_read_and_what_is_left_out_is_zero()
    {
        var read = Backup(
            """
            "phase":"WaitingForPluginOperations","startTimestamp":"2026-05-04T12:00:00Z","expiration":"2026-06-03T12:00:00Z","progress":{"totalItems":148,"itemsBackedUp":61},"queuePosition":0,
            "volumeSnapshotsAttempted":3,"volumeSnapshotsCompleted":2,"backupItemOperationsAttempted":4,"backupItemOperationsCompleted":1,"hookStatus":{"hooksAttempted":2,"hooksFailed":1}
            """);
        Assert.Equal((0, 0, 148, 61, 41.2), (read.Warnings, read.Errors, read.TotalItems, read.ItemsDone, read.PercentDone));
        Assert.Equal(new DateTimeOffset(2026, 5, 4, 12, 0, 0, TimeSpan.Zero), read.StartTimestamp);
        Assert.Equal((3, 2, 0), (read.VolumeSnapshots.Attempted, read.VolumeSnapshots.Completed, read.VolumeSnapshots.Failed));
        Assert.Equal((2, 1, 1), (read.Hooks.Attempted, read.Hooks.Completed, read.Hooks.Failed));
        Assert.Null(read.QueuePosition);
        Assert.Equal("WaitingForPluginOperations, 61 of 148 items, 1 of 4 transfers", VeleroFailures.Standing(read));
    }

    private static VeleroBackup Backup(string status) => VeleroView.Backup(Object("Backup", status), new VeleroPlace("blue", "1"));

    private static VeleroRestore Restore(string status) => VeleroView.Restore(Object("Restore", status), new VeleroPlace("blue", "1"));

    private static KubernetesObject Object(string kind, string status) => KubernetesObject.Parse(
        Encoding.UTF8.GetBytes($$"""{"apiVersion":"velero.io/v1","kind":"{{kind}}","metadata":{"name":"x","namespace":"velero"},"spec":{},"status":{ {{status}} } }"""));

    private static void Same(string expected, JsonNode? actual) => Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), actual), actual?.ToJsonString());
}
