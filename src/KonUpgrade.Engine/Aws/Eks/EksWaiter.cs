using System.Globalization;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Aws.Eks;

/// <summary>How long, and how often, something is waited for. The numbers of the service's own waiters hold unless said.</summary>
public sealed record EksWaitOptions
{
    /// <summary>How long between two looks.</summary>
    public TimeSpan? Interval { get; init; }

    /// <summary>How long altogether.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>The activity that the waiting is a part of, for progress; or null.</summary>
    public string? ParentActivity { get; init; }
}

/// <summary>
/// Waits for clusters, node groups and updates, with the intervals and maximums of the service's own waiters. What those
/// pass over is told here: the troubles that the service sees while it goes on, and states that will never become the one
/// that is waited for. A look that is throttled or gets no answer is no end; the next one follows.
/// </summary>
/// <param name="client">The service.</param>
/// <param name="reporter">Told how it stands, and of troubles.</param>
/// <param name="time">The clock; null for the real one.</param>
public sealed class EksWaiter(EksClient client, IReporter reporter, TimeProvider? time = null)
{
    private readonly TimeProvider _time = time ?? TimeProvider.System;

    /// <summary>Waits until a cluster is ACTIVE (waiter ClusterActive: 30 s, 20 min). Right after an update began it may be ACTIVE still: wait for the update then.</summary>
    /// <exception cref="EksStateException">ManagedClusterFailed.</exception>
    /// <exception cref="EksException">EksWaitTimeout, or what the service says.</exception>
    public Task<Cluster> ClusterActiveAsync(string name, EksWaitOptions? options, CancellationToken cancellationToken) => WaitAsync(
        new Wait($"the cluster '{name}'", name, "ACTIVE", Seconds(30), TimeSpan.FromMinutes(20), options),
        async token =>
        {
            var cluster = await client.DescribeClusterAsync(name, token).ConfigureAwait(false);
            return new Look<Cluster>(cluster, cluster.Status, cluster.Health?.Issues ?? [])
            {
                IsDone = cluster.Status == ClusterStatus.Active,
                FailureId = cluster.Status is ClusterStatus.Deleting or ClusterStatus.Failed ? "ManagedClusterFailed" : null,
            };
        },
        cancellationToken);

    /// <summary>Waits until a node group is ACTIVE (waiter NodegroupActive: 30 s, 40 min). One that is DEGRADED may become so yet.</summary>
    /// <exception cref="EksStateException">NodegroupCreateFailed, NodegroupDeleting.</exception>
    /// <exception cref="EksException">EksWaitTimeout, or what the service says.</exception>
    public Task<Nodegroup> NodegroupActiveAsync(string clusterName, string nodegroupName, EksWaitOptions? options, CancellationToken cancellationToken) => WaitAsync(
        new Wait($"the node group '{nodegroupName}' of the cluster '{clusterName}'", $"{clusterName}/{nodegroupName}", "ACTIVE", Seconds(30), TimeSpan.FromMinutes(40), options) { Again = "Wait-Nodepool waits again." },
        async token =>
        {
            var group = await client.DescribeNodegroupAsync(clusterName, nodegroupName, token).ConfigureAwait(false);
            return new Look<Nodegroup>(group, group.Status, group.Health?.Issues ?? [])
            {
                IsDone = group.Status == NodegroupStatus.Active,
                FailureId = group.Status switch
                {
                    NodegroupStatus.CreateFailed => "NodegroupCreateFailed",
                    NodegroupStatus.Deleting or NodegroupStatus.DeleteFailed => "NodegroupDeleting",
                    _ => null,
                },
            };
        },
        cancellationToken);

    /// <summary>Waits until a node group is gone (waiter NodegroupDeleted: 30 s, 20 min): it is not there, or another one of its name is.</summary>
    /// <param name="clusterName">The cluster's name.</param>
    /// <param name="nodegroupName">The node group's name.</param>
    /// <param name="nodegroupArn">The ARN of the one that goes; null where any of that name is meant.</param>
    /// <param name="options">How long; null for the service's own numbers.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="EksStateException">NodegroupDeleteFailed.</exception>
    /// <exception cref="EksException">EksWaitTimeout, or what the service says.</exception>
    public Task NodegroupDeletedAsync(string clusterName, string nodegroupName, string? nodegroupArn, EksWaitOptions? options, CancellationToken cancellationToken) => WaitAsync(
        new Wait($"the node group '{nodegroupName}' of the cluster '{clusterName}'", $"{clusterName}/{nodegroupName}", "gone", Seconds(30), TimeSpan.FromMinutes(20), options) { Again = "Wait-Nodepool -Until Removed waits again." },
        async token =>
        {
            try
            {
                var group = await client.DescribeNodegroupAsync(clusterName, nodegroupName, token).ConfigureAwait(false);
                return new Look<bool>(true, group.Status, group.Health?.Issues ?? [])
                {
                    IsDone = nodegroupArn is not null && group.NodegroupArn is { } arn && arn != nodegroupArn,
                    FailureId = group.Status == NodegroupStatus.DeleteFailed ? "NodegroupDeleteFailed" : null,
                };
            }
            catch (ResourceNotFoundException)
            {
                return new Look<bool>(true, "gone", []) { IsDone = true };
            }
        },
        cancellationToken);

    /// <summary>
    /// Waits until an update has ended well. The service has no waiter for that; it is asked every 15 s for an hour, and large node groups need
    /// more. Whether it went well is said by the update alone: cluster and node group are ACTIVE after one that failed, too.
    /// </summary>
    /// <param name="clusterName">The cluster's name.</param>
    /// <param name="updateId">The update's id.</param>
    /// <param name="nodegroupName">The node group's name, for an update of one; null for the cluster's own.</param>
    /// <param name="options">How long.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="EksStateException">ClusterUpdateFailed, ClusterUpdateCancelled.</exception>
    /// <exception cref="EksException">EksWaitTimeout, or what the service says.</exception>
    public Task<Update> UpdateSuccessfulAsync(string clusterName, string updateId, string? nodegroupName, EksWaitOptions? options, CancellationToken cancellationToken)
    {
        var of = nodegroupName is null ? $"the cluster '{clusterName}'" : $"the node group '{nodegroupName}' of the cluster '{clusterName}'";
        var target = nodegroupName is null ? clusterName : $"{clusterName}/{nodegroupName}";
        return WaitAsync(
            new Wait($"the update {updateId} of {of}", target, "Successful", Seconds(15), TimeSpan.FromHours(1), options),
            async token =>
            {
                var update = await client.DescribeUpdateAsync(clusterName, updateId, nodegroupName, token).ConfigureAwait(false);
                return new Look<Update>(update, update.Status, [.. update.Errors.Select(error => error.ToIssue())])
                {
                    IsDone = update.Status == UpdateStatus.Successful,
                    FailureId = update.Status switch
                    {
                        UpdateStatus.Failed => "ClusterUpdateFailed",
                        UpdateStatus.Cancelled => "ClusterUpdateCancelled",
                        _ => null,
                    },
                };
            },
            cancellationToken);
    }

    private async Task<T> WaitAsync<T>(Wait wait, Func<CancellationToken, Task<Look<T>>> look, CancellationToken cancellationToken)
    {
        var begun = _time.GetTimestamp();
        var told = new HashSet<string>(StringComparer.Ordinal);
        var (status, issues) = ("not seen yet", (IReadOnlyList<Issue>)[]);
        EksException? hindered = null;
        try
        {
            while (true)
            {
                try
                {
                    var seen = await look(cancellationToken).ConfigureAwait(false);
                    (status, issues, hindered) = (seen.Status ?? "without a status", seen.Issues, null);
                    if (seen.IsDone)
                        return seen.Value;
                    if (seen.FailureId is { } id)
                        throw Ended(wait, id, status, issues);
                    foreach (var issue in issues.Where(issue => told.Add(issue.ToString())))
                        reporter.Warning($"EKS sees a trouble of {wait.Subject}, which is {status}: {issue}");
                }
                catch (EksException e) when (e.IsTransient)
                {
                    hindered = e;
                    reporter.Verbose($"{wait.Subject} could not be looked at, and is asked for again: {e.Message}");
                }
                var passed = _time.GetElapsedTime(begun);
                reporter.Progress(new ProgressReport
                {
                    Activity = wait.Activity,
                    ParentActivity = wait.ParentActivity,
                    Status = $"{status}, for {Text(passed)}",
                });
                // The last look is at the end of the time, and not an interval before it.
                var left = wait.Timeout - passed;
                if (left <= TimeSpan.Zero)
                    throw TimedOut(wait, passed, status, issues, hindered);
                await Task.Delay(left < wait.Interval ? left : wait.Interval, _time, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            reporter.Progress(new ProgressReport { Activity = wait.Activity, ParentActivity = wait.ParentActivity, Status = status, Completed = true });
        }
    }

    private static EksStateException Ended(Wait wait, string id, string status, IReadOnlyList<Issue> issues) => new(new Failure
    {
        Id = id,
        Kind = FailureKind.Incomplete,
        Message = $"{Capital(wait.Subject)} will not become {wait.Wanted}: it is {status}. {(EksIssues.Tell(issues) is { } why ? $"EKS says: {why}." : "EKS gives no reason.")}",
        Recommendation = EksIssues.Remedy(issues),
        Target = wait.Target,
    })
    {
        Status = status,
        Issues = issues,
    };

    private static EksException TimedOut(Wait wait, TimeSpan passed, string status, IReadOnlyList<Issue> issues, EksException? hindered) => new(
        new Failure
        {
            Id = "EksWaitTimeout",
            Kind = FailureKind.Timeout,
            Message = $"{Capital(wait.Subject)} is not {wait.Wanted} after {Text(passed)}: it is {status}."
                + (EksIssues.Tell(issues) is { } why ? $" EKS says: {why}." : "")
                + (hindered is not null ? $" It could not be looked at last: {hindered.Message}" : ""),
            Recommendation = issues.Count > 0 ? EksIssues.Remedy(issues) : $"The work goes on in EKS. {wait.Again}",
            Target = wait.Target,
        },
        hindered);

    private static string Capital(string subject) => char.ToUpperInvariant(subject[0]) + subject[1..];

    private static string Text(TimeSpan time) =>
        time.TotalMinutes >= 1 ? ((int)time.TotalMinutes).ToString(CultureInfo.InvariantCulture) + " min" : ((int)time.TotalSeconds).ToString(CultureInfo.InvariantCulture) + " s";

    private static TimeSpan Seconds(int seconds) => TimeSpan.FromSeconds(seconds);

    private sealed record Wait(string Subject, string Target, string Wanted, TimeSpan OwnInterval, TimeSpan OwnTimeout, EksWaitOptions? Options)
    {
        public TimeSpan Interval => Options?.Interval ?? OwnInterval;

        public TimeSpan Timeout => Options?.Timeout ?? OwnTimeout;

        public string? ParentActivity => Options?.ParentActivity;

        /// <summary>What is done when its time is over, and it may become so yet.</summary>
        public string Again { get; init; } = "Wait again, or longer.";

        public string Activity => $"Waiting for {Subject}";
    }

    private sealed record Look<T>(T Value, string? Status, IReadOnlyList<Issue> Issues)
    {
        public bool IsDone { get; init; }

        public string? FailureId { get; init; }
    }
}
