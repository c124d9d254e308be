using System.Globalization;
using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Api;
using KonUpgrade.Sandbox.DataPlane.Caches;
using KonUpgrade.Sandbox.DataPlane.Disruptions;
using KonUpgrade.Sandbox.DataPlane.Work;
using KonUpgrade.Sandbox.DataPlane.Workloads;
using KonUpgrade.Sandbox.Storage;

namespace KonUpgrade.Sandbox.DataPlane.Batch;

/// <summary>
/// Runs the Pods of Jobs until enough of them have succeeded, or too many have failed. A Pod is held by a finalizer until
/// it was counted, so that none is lost when it is deleted.
/// </summary>
internal sealed class JobController : ObjectController
{
    private static readonly TimeSpan FirstBackOff = TimeSpan.FromSeconds(10), LongestBackOff = TimeSpan.FromMinutes(10);

    private readonly ObjectCache<PodView> _pods;

    // When the last Pod of a Job failed, by the Job's UID.
    private readonly Dictionary<string, DateTimeOffset> _failed = new(StringComparer.Ordinal);

    public JobController(PlaneContext plane)
        : base(plane, plane.Caches.Jobs)
    {
        _pods = plane.Caches.Pods;
        Objects.Changed += (before, after) =>
        {
            if (after is not null) return;
            _failed.Remove(before!.Uid);
            foreach (PodView pod in _pods.ControlledBy(before.Uid)) Release(pod);
        };
        _pods.Changed += (before, after) =>
        {
            Followers.EnqueueOwner(Objects, before, after, Enqueue);
            if (after is { Tracked: true, Controller: { Kind: "Job" } link } && JobOf(after, link) is null) Release(after);
        };
    }

    public static bool IsFinished(ItemView job) => Fields.Holds(job.Status, "Complete") || Fields.Holds(job.Status, "Failed");

    protected override void Reconcile(string key)
    {
        if (!Objects.Has(key, out ItemView? job)) return;
        if (Adoption.Adopt(Plane, job, Objects.Kind, _pods, pod => pod.Active)) return;
        PodView[] pods = [.. _pods.ControlledBy(job.Uid)];
        if (IsFinished(job))
        {
            Leave(job, pods);
            return;
        }
        var state = new JobState(job, pods);
        bool suspended = Fields.Flag(job.Spec, "suspend");
        (string Type, string Reason, string Message)? end = job.Terminating ? null : state.End(Plane.Now);
        Tell(job, state, suspended, end);
        foreach (PodView pod in state.Counted)
        {
            if (pod.Phase != "Succeeded") _failed[job.Uid] = Plane.Now;
            Release(pod);
        }
        if (end is not null || suspended)
        {
            foreach (PodView pod in state.Active) Plane.Writes.Delete(_pods.Kind, pod, DisruptionCause.Controller);
            return;
        }
        // What was counted comes back as a change; then it is known how many are missing.
        if (job.Terminating || state.Counted.Count > 0) return;
        Fill(job, state);
        if (Fields.Number(job.Spec, "activeDeadlineSeconds") is { } deadline) EnqueueAt(key, (Fields.Time(job.Status, "startTime") ?? Plane.Now).AddSeconds(deadline + 1));
    }

    private void Fill(ItemView job, JobState state)
    {
        long missing = state.Wanted - state.Active.Count;
        foreach (PodView pod in state.Active.OrderBy(pod => pod.Ready).ThenByDescending(pod => pod.Created).Take((int)Math.Max(0, -missing))) Plane.Writes.Delete(_pods.Kind, pod, DisruptionCause.Controller);
        if (missing <= 0) return;
        long failures = Fields.Number(job.Status, "failed", 0);
        if (failures > 0 && _failed.TryGetValue(job.Uid, out DateTimeOffset last))
        {
            DateTimeOffset next = last + TimeSpan.FromSeconds(Math.Min(LongestBackOff.TotalSeconds, FirstBackOff.TotalSeconds * Math.Pow(2, Math.Min(failures - 1, 20))));
            if (next > Plane.Now)
            {
                EnqueueAt(job.Key, next);
                return;
            }
        }
        Queue<int> indexes = new(state.FreeIndexes());
        for (long i = 0; i < missing; i++)
        {
            int? index = null;
            if (state.Indexed)
            {
                if (!indexes.TryDequeue(out int free)) break;
                index = free;
            }
            Plane.Writes.Create(_pods.Kind, job.Namespace, Pod(job, index));
        }
    }

    private JsonObject Pod(ItemView job, int? index)
    {
        JsonObject pod = PodTemplates.Pod(job.Spec["template"], job, Objects.Kind);
        JsonObject metadata = Fields.Made(pod, "metadata");
        metadata["generateName"] = $"{job.Name}-";
        if (metadata["finalizers"] is not JsonArray finalizers) metadata["finalizers"] = finalizers = [];
        finalizers.Add(PodView.JobTracking);
        if (index is not { } number) return pod;
        string text = number.ToString(CultureInfo.InvariantCulture);
        metadata["generateName"] = $"{job.Name}-{text}-";
        Fields.Made(metadata, "annotations")[PodView.CompletionIndex] = text;
        if (Plane.Cluster.Version.Minor >= 28) Fields.Made(metadata, "labels")[PodView.CompletionIndex] = text;
        Fields.Made(pod, "spec")["hostname"] = $"{job.Name}-{text}";
        return pod;
    }

    private void Tell(ItemView job, JobState state, bool suspended, (string Type, string Reason, string Message)? end)
    {
        DateTimeOffset now = Plane.Now;
        Plane.Writes.Change(Objects.Kind, job, item =>
        {
            JsonObject status = Fields.Made(item, "status");
            var before = (JsonObject)status.DeepClone();
            if (suspended && end is null)
            {
                status.Remove("startTime");
                Set(status, "Suspended", "True", "JobSuspended", "Job suspended", now);
            }
            else
            {
                if (Metadata.Text(status, "startTime").Length == 0) status["startTime"] = Metadata.Time(now);
                if (Fields.Holds(status, "Suspended")) Set(status, "Suspended", "False", "JobResumed", "Job resumed", now);
            }
            Fields.Count(status, "active", end is null && !suspended ? state.Active.Count : 0);
            Fields.Count(status, "ready", end is null ? state.Active.Count(pod => pod.Ready) : 0, keepZero: true);
            Fields.Count(status, "succeeded", state.Succeeded);
            Fields.Count(status, "failed", state.Failed);
            Fields.Count(status, "terminating", state.Terminating, keepZero: true);
            status["uncountedTerminatedPods"] ??= new JsonObject();
            if (state.Indexed && state.CompletedIndexes.Count > 0) status["completedIndexes"] = JobIndexes.Write(state.CompletedIndexes);
            if (end is { } known)
            {
                // What is to come is told before it has come since 1.31.
                if (Plane.Cluster.Version.Minor >= 31) Set(status, known.Type == "Complete" ? "SuccessCriteriaMet" : "FailureTarget", "True", known.Reason, known.Message, now);
                Set(status, known.Type, "True", known.Reason, known.Message, now);
                if (known.Type == "Complete") status["completionTime"] = Metadata.Time(now);
            }
            return !JsonNode.DeepEquals(before, status);
        }, PlaneWrites.Manager);
    }

    private static void Set(JsonObject status, string type, string value, string reason, string message, DateTimeOffset now)
    {
        if (Fields.SetCondition(status, type, value, reason, message, now)) Fields.Condition(status, type)!["lastProbeTime"] = Metadata.Time(now);
    }

    // A finished Job keeps its Pods, and goes itself when it is said how long it stays.
    private void Leave(ItemView job, PodView[] pods)
    {
        foreach (PodView pod in pods)
        {
            if (!pod.Finished && !pod.Terminating) Plane.Writes.Delete(_pods.Kind, pod, DisruptionCause.Controller);
            else if (pod.Tracked && (pod.Finished || pod.Grace == 0)) Release(pod);
        }
        if (job.Terminating || Fields.Number(job.Spec, "ttlSecondsAfterFinished") is not { } stays) return;
        JsonObject? finished = Fields.Condition(job.Status, Fields.Holds(job.Status, "Complete") ? "Complete" : "Failed");
        DateTimeOffset due = (Fields.Time(finished, "lastTransitionTime") ?? Plane.Now).AddSeconds(stays);
        if (due > Plane.Now) EnqueueAt(job.Key, due);
        else Plane.Cluster.Deletions.DeleteIfThere(Objects.Kind, job.Namespace, job.Name, Propagation.Foreground, job.Uid);
    }

    private ItemView? JobOf(PodView pod, ControllerLink link)
        => Objects.Find(StoredObject.KeyOf(pod.Namespace, link.Name)) is { } job && job.Uid == link.Uid ? job : null;

    private void Release(PodView pod)
    {
        if (!pod.Tracked) return;
        Plane.Writes.Change(_pods.Kind, pod, item =>
        {
            if (!Metadata.Finalizers(item).Contains(PodView.JobTracking)) return false;
            Metadata.RemoveFinalizer(item, PodView.JobTracking);
            return true;
        });
    }
}
