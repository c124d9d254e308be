using KonUpgrade.Sandbox.DataPlane.Caches;

namespace KonUpgrade.Sandbox.DataPlane.Batch;

/// <summary>Where a Job stands, with the Pods that have ended since it was last told.</summary>
internal sealed class JobState
{
    private readonly ItemView _job;

    public JobState(ItemView job, IReadOnlyCollection<PodView> pods)
    {
        _job = job;
        Indexed = Fields.Text(job.Spec, "completionMode") == "Indexed";
        Completions = Fields.Number(job.Spec, "completions");
        Active = [.. pods.Where(pod => pod.Active)];
        Counted = [.. pods.Where(pod => pod.Tracked && HasEnded(pod))];
        Terminating = pods.Count(pod => pod.Terminating && !pod.Finished);
        CompletedIndexes = JobIndexes.Read(Fields.Text(job.Status, "completedIndexes"));
        Succeeded = Fields.Number(job.Status, "succeeded", 0);
        Failed = Fields.Number(job.Status, "failed", 0);
        foreach (PodView pod in Counted)
        {
            if (pod.Phase != "Succeeded") Failed++;
            else if (!Indexed) Succeeded++;
            else if (pod.Index is { } index && index < Completions) CompletedIndexes.Add(index);
        }
        if (Indexed) Succeeded = CompletedIndexes.Count;
    }

    public bool Indexed { get; }

    /// <summary>How many must succeed; null: the first that does tells that the work is done.</summary>
    public long? Completions { get; }

    public IReadOnlyList<PodView> Active { get; }

    /// <summary>Those that ended and were not counted before.</summary>
    public IReadOnlyList<PodView> Counted { get; }

    public int Terminating { get; }

    public long Succeeded { get; }

    public long Failed { get; }

    public SortedSet<int> CompletedIndexes { get; }

    /// <summary>How many should be at work.</summary>
    public long Wanted
    {
        get
        {
            long parallel = Fields.Number(_job.Spec, "parallelism", 1);
            if (Completions is { } completions) return Math.Max(0, Math.Min(parallel, completions - Succeeded));
            return Succeeded > 0 ? Math.Min(parallel, Active.Count) : parallel;
        }
    }

    /// <summary>The numbers that nobody has done or works at.</summary>
    public IEnumerable<int> FreeIndexes()
    {
        var taken = new HashSet<int>(CompletedIndexes);
        taken.UnionWith(Active.Select(pod => pod.Index).OfType<int>());
        for (int i = 0; i < (Completions ?? 0); i++)
        {
            if (!taken.Contains(i)) yield return i;
        }
    }

    /// <summary>How it ended; null while it has not.</summary>
    public (string Type, string Reason, string Message)? End(DateTimeOffset now)
    {
        long limit = Fields.Number(_job.Spec, "backoffLimit", 6);
        long restarts = Active.Where(pod => pod.RestartPolicy == "OnFailure").Sum(pod => pod.Restarts);
        if (Failed > limit || (limit > 0 && restarts >= limit) || (limit == 0 && restarts > 0))
            return ("Failed", "BackoffLimitExceeded", "Job has reached the specified backoff limit");
        if (!Fields.Flag(_job.Spec, "suspend") && Fields.Number(_job.Spec, "activeDeadlineSeconds") is { } deadline
            && Fields.Time(_job.Status, "startTime") is { } start && start.AddSeconds(deadline) <= now)
        {
            return ("Failed", "DeadlineExceeded", "Job was active longer than specified deadline");
        }
        bool done = Completions is { } completions ? Succeeded >= completions && Active.Count == 0 : Succeeded > 0 && Active.Count == 0;
        return done ? ("Complete", "CompletionsReached", "Reached expected number of succeeded pods") : null;
    }

    // A Pod that was deleted before it ran ends without a word of a kubelet.
    private static bool HasEnded(PodView pod) => pod.Finished || (pod.Terminating && pod.Grace == 0);
}
