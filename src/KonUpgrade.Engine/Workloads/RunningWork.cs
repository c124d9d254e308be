using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Workloads;

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
    private readonly Dictionary<string, WorkloadChange> _held;
    private readonly List<BegunKind> _begun;
    private readonly IReadOnlyList<string?> _places;
    private readonly bool _hasOwnKinds;
    private readonly Dictionary<string, Owner?> _owners = new(StringComparer.Ordinal);
    private readonly HashSet<(string Group, string Kind)> _listed = [];
    private readonly SortedDictionary<string, string> _unseen = new(StringComparer.Ordinal);
    private IReadOnlyList<string?> _left = [];
    private ApiCatalog? _catalog;

    /// <param name="cluster">Where.</param>
    /// <param name="held">What is held.</param>
    /// <param name="inNamespaces">Whether only their own namespaces may be looked at; otherwise what is the fewest requests.</param>
    public RunningWork(ClusterConnection cluster, IEnumerable<WorkloadStep> held, bool inNamespaces)
    {
        var steps = held.Where(step => step.Change.Uid is not null).ToList();
        _cluster = cluster;
        _held = steps.ToDictionary(step => step.Change.Uid!, step => step.Change, StringComparer.Ordinal);
        _begun = [.. steps.SelectMany(step => step.Means.Begins).DistinctBy(begun => (begun.Group, begun.Kind))];
        var namespaces = _held.Values.Select(change => change.Namespace).Distinct(StringComparer.Ordinal).ToList();
        _places = !namespaces.Contains(null) && (inNamespaces || namespaces.Count <= MostNamespaces) ? namespaces : [null];
        _hasOwnKinds = steps.Exists(step => IsOwnKind(step.Means));
    }

    // Jobs belong to CronJobs and to kinds of others.
    private bool MayHaveJobs => _hasOwnKinds || _held.Values.Any(change => change.Kind == "CronJob");

    /// <summary>What must be listed to see what held workloads of these means have begun, and whether it has ended.</summary>
    /// <param name="means">By what they are held, of kinds that the cluster serves.</param>
    /// <param name="catalog">What the cluster serves.</param>
    public static IEnumerable<ApiResource> Needed(IReadOnlyList<HoldMeans> means, ApiCatalog catalog)
    {
        var waited = means.Where(m => m.Waits).ToList();
        if (waited.Count == 0)
            yield break;
        var hasOwnKinds = waited.Exists(IsOwnKind);
        yield return CoreResources.Pods;
        if (hasOwnKinds || waited.Exists(m => m is { Group: "batch", Kind: "CronJob" }))
            yield return CoreResources.Jobs;
        if (hasOwnKinds || waited.Exists(m => m is { Group: "apps", Kind: "Deployment" }))
            yield return CoreResources.ReplicaSets;
        // Whose the Pods of all controllers are is asked, since any may be between.
        var between = hasOwnKinds ? (IEnumerable<(string, string)>)[("apps", "StatefulSet"), ("apps", "DaemonSet")] : [];
        foreach (var (group, kind) in between.Concat(waited.SelectMany(m => m.Begins).Select(begun => (begun.Group, begun.Kind))).Distinct())
        {
            if (catalog.FindPreferred(group, kind) is { } resource)
                yield return resource;
        }
    }

    /// <summary>Looks.</summary>
    /// <param name="jobsOnly">Whether Pods are left out.</param>
    /// <param name="mayRun">What may run on.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>What still runs; nothing but what may only after all of it was looked at, but for what could not be seen.</returns>
    /// <exception cref="UpgradeException">It can't be listed.</exception>
    public async Task<RunningLook> FindAsync(bool jobsOnly, Func<RunningPart, bool> mayRun, CancellationToken cancellationToken)
    {
        // Where something ran the last time, something may still run: only when nothing does, everything is looked at again.
        var found = _left.Count > 0 ? await LookAsync(_left, jobsOnly, cancellationToken).ConfigureAwait(false) : [];
        if (found.TrueForAll(part => mayRun(part)))
            found = await LookAsync(_places, jobsOnly, cancellationToken).ConfigureAwait(false);
        _left = [.. found.Where(part => !mayRun(part)).Select(part => part.Namespace).Distinct(StringComparer.Ordinal)];
        return new RunningLook(found, new Dictionary<string, string>(_unseen, StringComparer.Ordinal));
    }

    // Those of others: what is between them and their Pods is theirs.
    private static bool IsOwnKind(HoldMeans means) => means.Group is not ("apps" or "batch");

    private async Task<List<RunningPart>> LookAsync(IReadOnlyList<string?> places, bool jobsOnly, CancellationToken cancellationToken)
    {
        var found = new List<RunningPart>();
        _listed.Clear();
        _unseen.Clear();
        _catalog = null;
        foreach (var place in _held.Count == 0 ? [] : places)
        {
            foreach (var begun in _begun.Where(begun => begun.Field is not null))
            {
                if (await ServedAsync(begun.Group, begun.Kind, cancellationToken).ConfigureAwait(false) is { } kind)
                    await UnlessUnseenAsync(kind, () => LookAsync(kind, place, begun.GoesOn, found, cancellationToken)).ConfigureAwait(false);
            }

            if (MayHaveJobs)
                await LookAsync(CoreResources.Jobs, place, GoesOn, found, cancellationToken).ConfigureAwait(false);
            if (!jobsOnly)
                await LookAsync(CoreResources.Pods, place, static pod => pod.Root.Member("status").Text("phase") is not ("Succeeded" or "Failed"), found, cancellationToken).ConfigureAwait(false);
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
                if (kind != CoreResources.Pods && o.Uid is { } uid)
                    _owners[uid] = owner;
                // What is held itself, as a Job by its own suspend, is its Pods' matter.
                if (!runs(o) || owner is not { } first || await HeldAsync(first, place, cancellationToken).ConfigureAwait(false) is not { } of)
                    continue;
                found.Add(new RunningPart(kind.Kind, o.Namespace ?? "", o.Name, of, o.Metadata.TryGetProperty("deletionTimestamp"u8, out _)) { Uid = o.Uid ?? "", ControllerUid = first.Uid });
            }
        }
    }

    // One that is being deleted, is suspended or has come to its end begins no Pod any more.
    private static bool GoesOn(KubernetesObject job) =>
        !job.Metadata.TryGetProperty("deletionTimestamp"u8, out _)
        && job.Root.Member("spec").Member("suspend").ValueKind != System.Text.Json.JsonValueKind.True
        && !WorkloadHold.IsOver(job);

    // What is held that something belongs to, through whatever is between. Where what is between is gone, nobody can tell
    // any more whose it was: its Pods end, and take their time for that.
    private async Task<string?> HeldAsync(Owner owner, string? place, CancellationToken cancellationToken)
    {
        for (var i = 0; i < MostOwners; i++)
        {
            if (_held.TryGetValue(owner.Uid, out var change))
                return $"{change.Kind} {change.Name}";
            if (!MayLead(owner))
                return null;
            if (!_owners.TryGetValue(owner.Uid, out var above))
            {
                if (!await ListOwnersAsync(owner, place, cancellationToken).ConfigureAwait(false))
                    return null;
                if (!_owners.TryGetValue(owner.Uid, out above))
                    return $"{owner.Kind} {owner.Name}, which is gone";
            }

            if (above is null)
                return null;
            owner = above.Value;
        }

        return null;
    }

    private bool MayLead(Owner owner) => _hasOwnKinds ? owner is not { Group: "", Kind: "Node" } : owner switch
    {
        { Group: "batch", Kind: "Job" } => MayHaveJobs,
        { Group: "apps", Kind: "ReplicaSet" } => _held.Values.Any(change => change.Kind == "Deployment"),
        _ => false,
    };

    // Whether all owners of a kind are known.
    private async Task<bool> ListOwnersAsync(Owner owner, string? place, CancellationToken cancellationToken)
    {
        if (await ServedAsync(owner.Group, owner.Kind, cancellationToken).ConfigureAwait(false) is not { } kind || _unseen.ContainsKey(kind.KindAndGroup))
            return false;
        if (!_listed.Add((owner.Group, $"{owner.Kind} {place}")))
            return true;
        return await UnlessUnseenAsync(kind, async () =>
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
        }).ConfigureAwait(false);
    }

    // Of a kind that is not served there are no objects; of a group that does not answer nobody knows.
    private async Task<ApiResource?> ServedAsync(string group, string kind, CancellationToken cancellationToken)
    {
        _catalog ??= await _cluster.Client.KnownCatalogAsync(cancellationToken).ConfigureAwait(false);
        if (_catalog.FindPreferred(group, kind) is { } served)
            return served;
        if (_catalog.Failures.FirstOrDefault(failure => ApiCatalog.GroupOf(failure) == group) is { } failed)
            _unseen[$"{kind}.{group}"] = failed.Message;
        return null;
    }

    // Without Jobs and ReplicaSets nothing is known; what others have between is theirs to allow.
    private async Task<bool> UnlessUnseenAsync(ApiResource kind, Func<Task> list)
    {
        try
        {
            await list().ConfigureAwait(false);
            return true;
        }
        catch (KubernetesApiException e) when (e.StatusCode is 403 or 405 && kind is not { Group: "apps" or "batch" })
        {
            _unseen[kind.KindAndGroup] = e.Failure.Message;
        }
        catch (KubernetesApiException e) when (e.StatusCode == 404 && kind is not { Group: "apps" or "batch" })
        {
            // It is not served any more: neither are there objects of it.
        }

        return false;
    }

    // The controller of an object.
    private readonly record struct Owner(string Uid, string Group, string Kind, string Name)
    {
        public static Owner? Of(KubernetesObject o) => o.Controller is var owner && owner.Text("uid") is { } uid
            ? new Owner(uid, ApiResource.GroupOf(owner.Text("apiVersion") ?? ""), owner.Text("kind") ?? "", owner.Text("name") ?? "")
            : null;
    }
}
