using System.Globalization;
using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Api;
using KonUpgrade.Sandbox.DataPlane.Caches;
using KonUpgrade.Sandbox.DataPlane.Work;
using KonUpgrade.Sandbox.DataPlane.Workloads;
using KonUpgrade.Sandbox.Requests;

namespace KonUpgrade.Sandbox.DataPlane.Batch;

/// <summary>Makes Jobs when the schedules of CronJobs say so, on the cluster's clock.</summary>
internal sealed class CronJobController : ObjectController
{
    // Who missed more than that is not caught up with one by one.
    private const int MostMissed = 10_000;

    private readonly ObjectCache<ItemView> _jobs;

    public CronJobController(PlaneContext plane)
        : base(plane, plane.Caches.CronJobs)
    {
        _jobs = plane.Caches.Jobs;
        _jobs.Changed += (before, after) =>
        {
            if ((after ?? before)!.Controller is { Kind: "CronJob" }) Followers.EnqueueOwner(Objects, before, after, Enqueue);
        };
    }

    protected override void Reconcile(string key)
    {
        if (!Objects.Has(key, out ItemView? cron) || cron.Terminating) return;
        ItemView[] jobs = [.. _jobs.ControlledBy(cron.Uid)];
        Forget(cron, jobs);
        ItemView[] active = [.. jobs.Where(job => !JobController.IsFinished(job) && !job.Terminating)];
        if (Tell(cron, jobs, active)) return;
        if (Fields.Flag(cron.Spec, "suspend")) return;
        CronSchedule schedule;
        try
        {
            schedule = CronSchedule.Parse(Fields.Text(cron.Spec, "schedule"), Fields.Text(cron.Spec, "timeZone") is { Length: > 0 } zone ? zone : null);
        }
        catch (FormatException unreadable)
        {
            Plane.Log($"CronJob {key}: {unreadable.Message}");
            return;
        }
        DateTimeOffset now = Plane.Now;
        if (Missed(cron, schedule, now) is { } due) Begin(cron, active, due);
        if (schedule.Next(now) is { } next) EnqueueAt(key, next);
    }

    // The last moment that should have made a Job and did not.
    private static DateTimeOffset? Missed(ItemView cron, CronSchedule schedule, DateTimeOffset now)
    {
        DateTimeOffset since = Fields.Time(cron.Status, "lastScheduleTime") ?? cron.Created;
        if (Fields.Number(cron.Spec, "startingDeadlineSeconds") is { } deadline && now.AddSeconds(-deadline) > since) since = now.AddSeconds(-deadline);
        DateTimeOffset? last = null;
        for (int i = 0; i < MostMissed && schedule.Next(last ?? since) is { } next && next <= now; i++) last = next;
        return last;
    }

    private void Begin(ItemView cron, ItemView[] active, DateTimeOffset due)
    {
        string policy = Fields.Text(cron.Spec, "concurrencyPolicy");
        if (policy == "Forbid" && active.Length > 0) return;
        if (policy == "Replace")
        {
            foreach (ItemView job in active) Plane.Cluster.Deletions.DeleteIfThere(_jobs.Kind, job.Namespace, job.Name, Propagation.Background, job.Uid);
        }
        JsonObject template = Fields.Object(cron.Spec, "jobTemplate"), from = Fields.Object(template, "metadata");
        var annotations = (JsonObject)Fields.Object(from, "annotations").DeepClone();
        // The annotation came with 1.28.
        if (Plane.Cluster.Version.Minor >= 28) annotations["batch.kubernetes.io/cronjob-scheduled-timestamp"] = Metadata.Time(due);
        var metadata = new JsonObject
        {
            ["name"] = $"{cron.Name}-{(due.ToUnixTimeSeconds() / 60).ToString(CultureInfo.InvariantCulture)}",
            ["ownerReferences"] = new JsonArray(PodTemplates.Owner(cron, Objects.Kind)),
        };
        if (from["labels"] is { } labels) metadata["labels"] = labels.DeepClone();
        if (annotations.Count > 0) metadata["annotations"] = annotations;
        try
        {
            Plane.Writes.Create(_jobs.Kind, cron.Namespace, new JsonObject { ["metadata"] = metadata, ["spec"] = Fields.Object(template, "spec").DeepClone() });
        }
        catch (ApiError taken) when (taken.Reason == "AlreadyExists")
        {
            // Its moment is known by its name: it was made already.
        }
        Plane.Writes.Change(Objects.Kind, cron, item =>
        {
            Fields.Made(item, "status")["lastScheduleTime"] = Metadata.Time(due);
            return true;
        }, PlaneWrites.Manager);
    }

    private bool Tell(ItemView cron, ItemView[] jobs, ItemView[] active) => Plane.Writes.Change(Objects.Kind, cron, item =>
    {
        JsonObject status = Fields.Made(item, "status");
        var before = (JsonObject)status.DeepClone();
        if (active.Length == 0) status.Remove("active");
        else status["active"] = new JsonArray([.. active.OrderBy(job => job.Name, StringComparer.Ordinal).Select(job => (JsonNode?)new JsonObject
        {
            ["apiVersion"] = _jobs.Kind.ApiVersion,
            ["kind"] = _jobs.Kind.Kind,
            ["name"] = job.Name,
            ["namespace"] = job.Namespace,
            ["uid"] = job.Uid,
        })]);
        string? last = jobs.Where(job => Fields.Holds(job.Status, "Complete")).Select(job => Fields.Text(job.Status, "completionTime")).Max(StringComparer.Ordinal);
        if (last is { Length: > 0 } && string.CompareOrdinal(last, Fields.Text(status, "lastSuccessfulTime")) > 0) status["lastSuccessfulTime"] = last;
        return !JsonNode.DeepEquals(before, status);
    }, PlaneWrites.Manager);

    private void Forget(ItemView cron, ItemView[] jobs)
    {
        foreach ((string how, long kept) in new[] { ("Complete", Fields.Number(cron.Spec, "successfulJobsHistoryLimit", 3)), ("Failed", Fields.Number(cron.Spec, "failedJobsHistoryLimit", 1)) })
        {
            ItemView[] finished = [.. jobs.Where(job => !job.Terminating && Fields.Holds(job.Status, how)).OrderBy(job => Fields.Text(job.Status, "startTime"), StringComparer.Ordinal)];
            foreach (ItemView job in finished.Take((int)Math.Max(0, finished.Length - kept)))
                Plane.Cluster.Deletions.DeleteIfThere(_jobs.Kind, job.Namespace, job.Name, Propagation.Background, job.Uid);
        }
    }
}
