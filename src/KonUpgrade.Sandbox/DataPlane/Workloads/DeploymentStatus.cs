using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Api;
using KonUpgrade.Sandbox.DataPlane.Caches;
using KonUpgrade.Sandbox.DataPlane.Work;

namespace KonUpgrade.Sandbox.DataPlane.Workloads;

/// <summary>Tells how far a Deployment has come, in the counts and words that <c>kubectl rollout status</c> reads.</summary>
internal static class DeploymentStatus
{
    /// <summary>Writes the status; gives the moment at which the rollout is late, where it could become so.</summary>
    public static DateTimeOffset? Tell(PlaneContext plane, Rollout rollout)
    {
        ItemView deployment = rollout.Deployment;
        DateTimeOffset now = plane.Now;
        DateTimeOffset? late = null;
        Counts counts = Count(rollout);
        plane.Writes.Change(plane.Caches.Deployments.Kind, deployment, item =>
        {
            JsonObject status = Fields.Made(item, "status");
            var before = (JsonObject)status.DeepClone();
            Fields.Count(status, "replicas", counts.All);
            Fields.Count(status, "updatedReplicas", counts.Updated);
            Fields.Count(status, "readyReplicas", counts.Ready);
            Fields.Count(status, "availableReplicas", counts.Available);
            Fields.Count(status, "unavailableReplicas", Math.Max(0, counts.All - counts.Available));
            Fields.Count(status, "observedGeneration", deployment.Generation);
            bool enough = counts.Available >= rollout.Replicas - rollout.MaxUnavailable;
            Set(status, "Available", enough ? "True" : "False",
                enough ? "MinimumReplicasAvailable" : "MinimumReplicasUnavailable",
                enough ? "Deployment has minimum availability." : "Deployment does not have minimum availability.", now, touch: false);
            late = Progress(rollout, counts, before, status, now);
            return !JsonNode.DeepEquals(before, status);
        }, PlaneWrites.Manager);
        return late;
    }

    /// <summary>All Pods are of the new template and available, as far as its ReplicaSets tell.</summary>
    public static bool IsComplete(Rollout rollout) => IsComplete(rollout, Count(rollout));

    private static bool IsComplete(Rollout rollout, Counts counts)
        => counts.Updated == rollout.Replicas && counts.All == rollout.Replicas && counts.Available == rollout.Replicas;

    private static Counts Count(Rollout rollout)
    {
        long Sum(string field) => rollout.All.Sum(set => Fields.Number(set.View.Status, field, 0));
        return new Counts(Sum("replicas"), rollout.New is { } current ? Fields.Number(current.View.Status, "replicas", 0) : 0, Sum("readyReplicas"), Sum("availableReplicas"));
    }

    private static DateTimeOffset? Progress(Rollout rollout, Counts counts, JsonObject before, JsonObject status, DateTimeOffset now)
    {
        const string progressing = "Progressing";
        JsonObject spec = rollout.Deployment.Spec;
        if (Fields.Flag(spec, "paused"))
        {
            if (Fields.Text(Fields.Condition(status, progressing), "reason") != "DeploymentPaused")
                Set(status, progressing, "Unknown", "DeploymentPaused", "Deployment is paused", now, touch: true);
            return null;
        }
        // The greatest number stands for no deadline.
        long deadline = Fields.Number(spec, "progressDeadlineSeconds", 600);
        if (deadline >= int.MaxValue || rollout.New is not { } current) return null;
        JsonObject? told = Fields.Condition(status, progressing);
        bool complete = IsComplete(rollout, counts);
        if (complete)
        {
            string done = $"ReplicaSet \"{current.View.Name}\" has successfully progressed.";
            if (Fields.Text(told, "reason") != "NewReplicaSetAvailable" || Fields.Text(told, "message") != done)
                Set(status, progressing, "True", "NewReplicaSetAvailable", done, now, touch: true);
            return null;
        }
        long old = Fields.Number(before, "replicas", 0) - Fields.Number(before, "updatedReplicas", 0);
        bool moved = counts.Updated > Fields.Number(before, "updatedReplicas", 0)
            || counts.All - counts.Updated < old
            || counts.Ready > Fields.Number(before, "readyReplicas", 0)
            || counts.Available > Fields.Number(before, "availableReplicas", 0);
        bool begun = told is null || (Fields.Text(told, "reason") is "NewReplicaSetAvailable" or "DeploymentPaused" && !complete);
        if (moved || begun)
        {
            bool created = told is null && counts.Updated == 0;
            Set(status, progressing, "True", created ? "NewReplicaSetCreated" : "ReplicaSetUpdated",
                created ? $"Created new replica set \"{current.View.Name}\"" : $"ReplicaSet \"{current.View.Name}\" is progressing.", now, touch: true);
            told = Fields.Condition(status, progressing);
        }
        if (Fields.Text(told, "reason") == "ProgressDeadlineExceeded") return null;
        DateTimeOffset due = (Fields.Time(told, "lastUpdateTime") ?? now) + TimeSpan.FromSeconds(deadline);
        if (due > now) return due;
        Set(status, progressing, "False", "ProgressDeadlineExceeded", $"ReplicaSet \"{current.View.Name}\" has timed out progressing.", now, touch: true);
        return null;
    }

    private static void Set(JsonObject status, string type, string value, string reason, string message, DateTimeOffset now, bool touch)
    {
        bool news = Fields.SetCondition(status, type, value, reason, message, now);
        if (news || touch) Fields.Condition(status, type)!["lastUpdateTime"] = Metadata.Time(now);
    }

    private readonly record struct Counts(long All, long Updated, long Ready, long Available);
}
