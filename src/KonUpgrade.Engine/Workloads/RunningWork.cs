using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Workloads;

/// <summary>A Job or a Pod that has not come to its end.</summary>
/// <param name="Kind">Job or Pod.</param>
/// <param name="Namespace">Its namespace.</param>
/// <param name="Name">Its name.</param>
/// <param name="Of">The workload that it belongs to, as people write it.</param>
/// <param name="IsEnding">Whether it is being deleted.</param>
internal sealed record RunningPart(string Kind, string Namespace, string Name, string Of, bool IsEnding)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Kind} {Namespace}/{Name} of {Of}{(IsEnding ? " (it is ending)" : "")}";
}

/// <summary>
/// What still runs of workloads that are held: a CronJob that is suspended begins nothing, and what it has begun goes on.
/// Jobs and Pods themselves are looked at: a Deployment no longer counts Pods that are ending, a CronJob has no number at
/// all, and a status says nothing where its controller has not yet seen the hold.
/// </summary>
internal sealed class RunningWork
{
    // Where more namespaces than these have something held, lists of the whole cluster are fewer requests.
    private const int MostNamespaces = 16;
    private const int MostOwners = 10;

    private readonly ClusterConnection _cluster;
    private readonly IReporter _reporter;
    private readonly Dictionary<string, WorkloadChange> _held;
    private readonly IReadOnlyList<string?> _places;
    private readonly bool _hasOwnKinds;
    private readonly Dictionary<string, Owner?> _owners = new(StringComparer.Ordinal);
    private readonly HashSet<(string Group, string Kind)> _listed = [];
    private IReadOnlyList<string?> _left = [];
    private ApiCatalog? _catalog;

    /// <summary>Pods.</summary>
    public static ApiResource Pods { get; } = new() { Group = "", Version = "v1", Kind = "Pod", Plural = "pods", Singular = "pod", Namespaced = true };

    /// <summary>Jobs.</summary>
    public static ApiResource Jobs { get; } = new() { Group = "batch", Version = "v1", Kind = "Job", Plural = "jobs", Singular = "job", Namespaced = true };

    /// <summary>What is between Pods and their Deployments.</summary>
    public static ApiResource ReplicaSets { get; } = new() { Group = "apps", Version = "v1", Kind = "ReplicaSet", Plural = "replicasets", Singular = "replicaset", Namespaced = true };

    /// <param name="cluster">Where.</param>
    /// <param name="held">What is held.</param>
    /// <param name="inNamespaces">Whether only their own namespaces may be looked at; otherwise what is the fewest requests.</param>
    /// <param name="reporter">Told what can't be found out.</param>
    public RunningWork(ClusterConnection cluster, IEnumerable<WorkloadChange> held, bool inNamespaces, IReporter reporter)
    {
        _cluster = cluster;
        _reporter = reporter;
        _held = held.Where(change => change.Uid is not null).ToDictionary(change => change.Uid!, StringComparer.Ordinal);
        var namespaces = _held.Values.Select(change => change.Namespace).Distinct(StringComparer.Ordinal).ToList();
        _places = !namespaces.Contains(null) && (inNamespaces || namespaces.Count <= MostNamespaces) ? namespaces : [null];
        _hasOwnKinds = _held.Values.Any(change => ApiResource.GroupOf(change.ApiVersion) is not ("apps" or "batch"));
    }

    // Jobs belong to CronJobs and to kinds of others.
    private bool MayHaveJobs => _hasOwnKinds || _held.Values.Any(change => change.Kind == "CronJob");

    /// <summary>Looks.</summary>
    /// <param name="jobsOnly">Whether Pods are left out.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>What still runs; empty only after all of it was looked at.</returns>
    /// <exception cref="UpgradeException">It can't be listed.</exception>
    public async Task<IReadOnlyList<RunningPart>> FindAsync(bool jobsOnly, CancellationToken cancellationToken)
    {
        // Where something ran the last time, something may still run: only when nothing does, everything is looked at again.
        var found = _left.Count > 0 ? await LookAsync(_left, jobsOnly, cancellationToken).ConfigureAwait(false) : [];
        if (found.Count == 0)
            found = await LookAsync(_places, jobsOnly, cancellationToken).ConfigureAwait(false);
        _left = [.. found.Select(part => part.Namespace).Distinct(StringComparer.Ordinal)];
        return found;
    }

    private async Task<List<RunningPart>> LookAsync(IReadOnlyList<string?> places, bool jobsOnly, CancellationToken cancellationToken)
    {
        var found = new List<RunningPart>();
        _listed.Clear();
        foreach (var place in _held.Count == 0 ? [] : places)
        {
            if (MayHaveJobs)
                await LookAsync(Jobs, place, GoesOn, found, cancellationToken).ConfigureAwait(false);
            if (!jobsOnly)
                await LookAsync(Pods, place, static pod => pod.Root.Member("status").Text("phase") is not ("Succeeded" or "Failed"), found, cancellationToken).ConfigureAwait(false);
        }

        return [.. found.OrderBy(part => part.Kind, StringComparer.Ordinal).ThenBy(part => part.Namespace, StringComparer.Ordinal).ThenBy(part => part.Name, StringComparer.Ordinal)];
    }

    private async Task LookAsync(ApiResource kind, string? place, Func<KubernetesObject, bool> runs, List<RunningPart> found, CancellationToken cancellationToken)
    {
        await foreach (var o in _cluster.Client.ListAsync(kind, new ListOptions { Namespace = place }, cancellationToken).ConfigureAwait(false))
        {
            using (o)
            {
                var owner = Owner.Of(o);
                if (kind == Jobs && o.Uid is { } uid)
                    _owners[uid] = owner;
                if (!runs(o))
                    continue;
                // What is held itself, as a Job by its own suspend, is its Pods' matter.
                var of = owner is { } first ? await HeldAsync(first, place, cancellationToken).ConfigureAwait(false) : null;
                if (of is not null)
                    found.Add(new RunningPart(kind.Kind, o.Namespace ?? "", o.Name, $"{of.Kind} {of.Name}", o.Metadata.TryGetProperty("deletionTimestamp"u8, out _)));
            }
        }
    }

    // One that is being deleted, is suspended or has come to its end begins no Pod any more.
    private static bool GoesOn(KubernetesObject job) =>
        !job.Metadata.TryGetProperty("deletionTimestamp"u8, out _)
        && job.Root.Member("spec").Member("suspend").ValueKind != System.Text.Json.JsonValueKind.True
        && !WorkloadHold.IsOver(job);

    // What is held that something belongs to, through whatever is between.
    private async Task<WorkloadChange?> HeldAsync(Owner owner, string? place, CancellationToken cancellationToken)
    {
        for (var i = 0; i < MostOwners; i++)
        {
            if (_held.TryGetValue(owner.Uid, out var change))
                return change;
            if (!MayLead(owner))
                return null;
            if (!_owners.ContainsKey(owner.Uid))
                await ListOwnersAsync(owner, place, cancellationToken).ConfigureAwait(false);
            if (_owners.GetValueOrDefault(owner.Uid) is not { } above)
                return null;
            owner = above;
        }

        return null;
    }

    private bool MayLead(Owner owner) => _hasOwnKinds ? owner is not { Group: "", Kind: "Node" } : owner switch
    {
        { Group: "batch", Kind: "Job" } => MayHaveJobs,
        { Group: "apps", Kind: "ReplicaSet" } => _held.Values.Any(change => change.Kind == "Deployment"),
        _ => false,
    };

    private async Task ListOwnersAsync(Owner owner, string? place, CancellationToken cancellationToken)
    {
        if (!_listed.Add((owner.Group, $"{owner.Kind} {place}")))
            return;
        _catalog ??= await _cluster.Client.DiscoverAsync(cancellationToken).ConfigureAwait(false);
        if (_catalog.FindPreferred(owner.Group, owner.Kind) is not { } kind)
            return;
        try
        {
            var options = new ListOptions { Namespace = kind.Namespaced ? place : null, MetadataOnly = true };
            await foreach (var o in _cluster.Client.ListAsync(kind, options, cancellationToken).ConfigureAwait(false))
            {
                using (o)
                {
                    if (o.Uid is { } uid)
                        _owners[uid] = Owner.Of(o);
                }
            }
        }
        catch (KubernetesApiException e) when (e.StatusCode is 403 or 404 or 405 && kind is not { Group: "apps" or "batch" })
        {
            _reporter.Verbose($"{_cluster.Context.Name}: whether {kind.KindAndGroup} belong to what is held can't be found out: {e.Failure.Message}");
        }
    }

    // The controller of an object.
    private readonly record struct Owner(string Uid, string Group, string Kind)
    {
        public static Owner? Of(KubernetesObject o)
        {
            var owner = o.Metadata.Objects("ownerReferences").FirstOrDefault(r => r.Member("controller").ValueKind == System.Text.Json.JsonValueKind.True);
            return owner.Text("uid") is { } uid ? new Owner(uid, ApiResource.GroupOf(owner.Text("apiVersion") ?? ""), owner.Text("kind") ?? "") : null;
        }
    }
}
