
namespace KonUpgrade.Sandbox.Backup.Jobs;

/// <summary>
/// What becomes of backup jobs as time goes by. Nothing happens between two looks: each look carries a job on to now, and
/// times of what happened meanwhile are those when it would have.
/// </summary>
internal static class BackupLife
{
    public static void Carry(BackupRegion region, BackupJob job, DateTimeOffset now)
    {
        foreach (BackupJob child in job.Children) Carry(region, child, now);
        while (!job.IsOver && Step(region, job, now))
        {
        }
    }

    /// <summary>Asks a job to stop; its parts with it.</summary>
    public static void Stop(BackupJob job, DateTimeOffset now)
    {
        foreach (BackupJob each in job.Children.Append(job).Where(each => !each.IsOver)) (each.State, each.StoppedAt) = ("ABORTING", now);
    }

    private static bool Step(BackupRegion region, BackupJob job, DateTimeOffset now)
    {
        BackupSettings settings = region.Settings;
        switch (job.State)
        {
            case "CREATED" when region.Troubles.Find(restore: false, job.Resource.Arn, "EXPIRED") is { } late:
                return now >= job.StartBy && End(job, "EXPIRED", job.StartBy, late.Words, "EXPIRED");
            case "CREATED" when now >= job.CreatedAt + settings.PendingAfter:
                job.State = "PENDING";
                return true;
            case "PENDING" when now >= job.CreatedAt + settings.RunningAfter:
                (job.State, job.BeganAt) = ("RUNNING", job.CreatedAt + settings.RunningAfter);
                if (job.Vault.Refuses(job.DeleteAfterDays) is { } locked) return End(job, "FAILED", job.BeganAt.Value, locked, "INVALIDPARAMETERS");
                if (job.Resource is { Type: "S3", IsVersioned: false })
                    return End(job, "FAILED", job.BeganAt.Value, $"Bucket versioning is not enabled for {job.Resource.Name}: enable it before the bucket is backed up", "INVALIDPARAMETERS");
                if (job.Resource is { Type: "S3", Region: { } other } && other != region.Region)
                    return End(job, "FAILED", job.BeganAt.Value, $"The bucket {job.Resource.Name} is in the region {other}", "INVALIDPARAMETERS");
                job.Point ??= region.NewPoint(job);
                return true;
            case "RUNNING":
                return Run(region, job, now);
            case "ABORTING" when now >= job.StoppedAt + settings.AbortAfter:
                return End(job, "ABORTED", job.StoppedAt!.Value + settings.AbortAfter, "The backup job was stopped by its user", "ABORTED");
            default:
                return false;
        }
    }

    private static bool Run(BackupRegion region, BackupJob job, DateTimeOffset now)
    {
        TimeSpan length = TimeSpan.FromSeconds(Math.Max(region.Settings.RunsAtLeast.TotalSeconds, job.Resource.Bytes / (double)region.Settings.BytesPerSecond));
        DateTimeOffset end = job.BeganAt!.Value + length;
        bool isStuck = region.Troubles.Find(restore: false, job.Resource.Arn, "RUNNING") is not null;
        if (job.Children.Count > 0)
        {
            // A composite job is done when the last of its parts is.
            isStuck |= job.Children.Exists(child => !child.IsOver);
            end = job.Children.Select(child => child.EndedAt ?? end).Append(end).Max();
        }
        double share = length <= TimeSpan.Zero ? 1 : (now - job.BeganAt.Value) / length;
        job.Percent = Math.Max(job.Percent, Math.Clamp(share, 0, isStuck || now < end ? 0.99 : 1) * 100);
        if ((isStuck || end > job.CompleteBy) && now >= job.CompleteBy)
            return End(job, "EXPIRED", job.CompleteBy, "The backup job did not complete in its completion window", "EXPIRED");
        if (isStuck || now < end) return false;
        job.Percent = 100;
        if (region.Troubles.Strike(restore: false, job.Resource.Arn) is { } trouble)
            return End(job, trouble.Outcome, end, trouble.Words, trouble.Category ?? (trouble.Outcome == "COMPLETED" ? "AccessDenied" : trouble.Outcome));
        int good = job.Children.Count(child => child.State == "COMPLETED");
        if (good == job.Children.Count) return End(job, "COMPLETED", end, null, "SUCCESS");
        return good == 0
            ? End(job, "FAILED", end, "All parts of the backup failed", "FAILURE")
            : End(job, "PARTIAL", end, $"{job.Children.Count - good} of {job.Children.Count} parts of the backup failed", "PARTIAL");
    }

    private static bool End(BackupJob job, string state, DateTimeOffset at, string? message, string category)
    {
        (job.State, job.EndedAt, job.Message, job.Category) = (state, at, message, category);
        if (job.Point is not { } point) return true;
        if (state is "COMPLETED" or "PARTIAL")
        {
            (point.Status, point.CompletedAt, point.Message) = (state, at, message);
        }
        else
        {
            point.Vault.Points.Remove(point);
            job.Point = null;
        }
        return true;
    }
}
