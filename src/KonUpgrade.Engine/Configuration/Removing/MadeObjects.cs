using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Threading.Channels;
using KonUpgrade.Engine.Configuration.Systems;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Foundation.Streams;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests.Comparison;
using KonUpgrade.Engine.Manifests.Descriptions;
using KonUpgrade.Engine.Manifests.Ordering;
using KonUpgrade.Engine.Workloads;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Configuration.Removing;

/// <summary>An object that an upgrade has made, and what became of it.</summary>
/// <param name="Kind">The kind with its group.</param>
/// <param name="Namespace">The namespace, or null.</param>
/// <param name="Name">The name; empty for a kind that could not be looked at.</param>
public sealed record MadeObject(string Kind, string? Namespace, string Name)
{
    /// <summary>Why it was left where it is; null where it was removed.</summary>
    public string? Left { get; init; }

    /// <summary>What went wrong; null where nothing did.</summary>
    public Failure? Failure { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Name.Length == 0 ? Kind : Namespace is null ? $"{Kind} {Name}" : $"{Kind} {Namespace}/{Name}";
}

/// <summary>
/// Removes from a cluster what an upgrade has made there, and nothing else: each object only as the one that was looked
/// at, by its UID. What others hang on, what has data and what reaches beyond the cluster stays.
/// </summary>
public sealed class MadeObjects(ClusterConnection cluster, SystemDescription system, string upgrade, IReporter reporter)
{
    private const int AtOnce = 16;

    private static readonly Dictionary<(string Group, string Kind), string> s_kept = new()
    {
        [("apiextensions.k8s.io", "CustomResourceDefinition")] = "with a definition, all objects of its kind would go",
        [("", "Namespace")] = "with a namespace, all that is in it would go",
        [("", "PersistentVolumeClaim")] = "it may have data",
        [("", "PersistentVolume")] = "it may have data",
    };

    /// <summary>The namespaces in which it can have made anything, and then nothing beside them; empty for the whole cluster.</summary>
    public IReadOnlyList<string> Namespaces { get; init; } = [];

    /// <summary>Whether it can have made objects of a kind, as a cluster serves it.</summary>
    public Func<ApiResource, ApiCatalog, bool> IsMoved { get; init; } = static (_, _) => true;

    private readonly IReadOnlyList<SystemOutward> _outward = OutwardRules.For(system);

    private string Activity => $"Removing what {upgrade} made on {cluster.Context.Name}";

    /// <summary>Removes. Every object that the upgrade has made comes out once.</summary>
    /// <exception cref="UpgradeException">The cluster can't be reached, or its claims can't be listed: nothing was removed.</exception>
    public async IAsyncEnumerable<MadeObject> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var removed in ChannelStream.RunAsync<MadeObject>(RunAsync, cancellationToken).ConfigureAwait(false))
                yield return removed;
        }
        finally
        {
            reporter.Progress(new ProgressReport { Activity = Activity, Completed = true });
        }
    }

    private async Task RunAsync(ChannelWriter<MadeObject> removed, CancellationToken cancellationToken)
    {
        var served = await cluster.Client.DiscoverAsync(cancellationToken).ConfigureAwait(false);
        var order = new ImportOrder(system.Import.Order, system.Import.Namespaces);
        // What came last goes first, kind by kind.
        var kinds = served.Resources
            .Where(resource => resource.Verbs.Contains("list") && resource.Verbs.Contains("delete") && served.FindPreferred(resource.Group, resource.Kind) == resource
                && (Namespaces.Count == 0 || resource.Namespaced) && IsMoved(resource, served))
            .OrderByDescending(resource => order.PositionOf(resource.Group, resource.Kind));
        var ownClaims = await ClaimOwners.FindAsync(cluster.Client, served, Namespaces, cancellationToken).ConfigureAwait(false);
        long done = 0;
        foreach (var resource in kinds)
        {
            reporter.Progress(new ProgressReport { Activity = Activity, Status = resource.KindAndGroup, Done = done });
            var made = new List<(string? Namespace, string Name, string Uid, string? Left)>();
            try
            {
                await foreach (var o in cluster.Client.ListAsync(resource, Namespaces, cancellationToken).ConfigureAwait(false))
                {
                    using (o)
                    {
                        // Controllers copy annotations to what they make: that is theirs, and goes with its owner.
                        if (o.Metadata.Member("annotations"u8).Text(WorkloadHold.UpgradeAnnotation) == upgrade && o.Uid is { } uid && o.Controller.ValueKind != JsonValueKind.Object)
                            made.Add((o.Namespace, o.Name, uid, WhyKept(resource, o, ownClaims)));
                    }
                }
            }
            catch (KubernetesApiException e) when (e.StatusCode == 403 && s_kept.ContainsKey((resource.Group, resource.Kind)))
            {
                // Nothing of it is removed in any case.
                reporter.Verbose($"{cluster.Context.Name}: {resource.KindAndGroup}: {e.Failure.Message}");
            }
            catch (KubernetesApiException e)
            {
                // What else is there is removed nevertheless; what was seen of this kind is not all of it.
                await removed.WriteAsync(new MadeObject(resource.KindAndGroup, null, "") { Failure = e.Failure }, cancellationToken).ConfigureAwait(false);
            }

            await Parallel.ForEachAsync(
                made,
                new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
                async (o, token) =>
                {
                    var result = new MadeObject(resource.KindAndGroup, o.Namespace, o.Name) { Left = o.Left };
                    if (o.Left is null)
                        result = result with { Failure = await RemoveAsync(resource, o.Namespace, o.Name, o.Uid, token).ConfigureAwait(false) };
                    await removed.WriteAsync(result, token).ConfigureAwait(false);
                    Interlocked.Increment(ref done);
                }).ConfigureAwait(false);
        }
    }

    private string? WhyKept(ApiResource resource, KubernetesObject o, IReadOnlySet<string> ownClaims)
    {
        if (s_kept.TryGetValue((resource.Group, resource.Kind), out var why))
            return why;
        if (system.Import.Namespaces.Contains(resource.KindAndGroup))
            return "with it its namespace would go, and all that is in it";
        if (o.Metadata.TryGetProperty("deletionTimestamp"u8, out _))
            return "it is being deleted already";
        if (o.Uid is { } uid && ownClaims.Contains(uid))
            return "claims belong to it, and they and their data would go with it";
        if (resource is { Group: "apps", Kind: "StatefulSet" } && o.Root.Member("spec").Member("persistentVolumeClaimRetentionPolicy").Text("whenDeleted") == "Delete")
            return "its claims and their data would go with it (persistentVolumeClaimRetentionPolicy.whenDeleted is Delete)";
        if (resource is { Group: "networking.k8s.io", Kind: "Ingress" } or { Group: "gateway.networking.k8s.io", Kind: "Gateway" }
            || (resource is { Group: "", Kind: "Service" } && o.Root.Member("spec").Text("type") == "LoadBalancer"))
        {
            return "a load balancer outside the cluster may go with it";
        }

        // Why it had to wait before it came says nothing of its end: a name that external-dns publishes, a machine, a record.
        if (_outward.Any(rule => rule.Fits(resource.Group, resource.Kind, o)))
            return "what it stands for outside the cluster may go with it";
        return o.Metadata.Texts("finalizers").FirstOrDefault() is { } finalizer ? $"{finalizer} acts on its deletion" : null;
    }

    private async Task<Failure?> RemoveAsync(ApiResource resource, string? ns, string name, string uid, CancellationToken cancellationToken)
    {
        try
        {
            await cluster.Client.DeleteAsync(resource, ns, name, new DeleteOptions { Uid = uid, Propagation = DeletePropagation.Background }, cancellationToken).ConfigureAwait(false);
            return null;
        }
        catch (KubernetesApiException e) when (e.StatusCode == 409)
        {
            return await IsThereAsync(resource, ns, name, uid, cancellationToken).ConfigureAwait(false) == false ? null : Shown(resource, ns, name, e);
        }
        catch (KubernetesApiException e)
        {
            return Shown(resource, ns, name, e);
        }
    }

    private Failure Shown(ApiResource resource, string? ns, string name, KubernetesApiException exception) => SecretKinds.Contains(system, resource.Group, resource.Kind)
        ? UnquotedRefusal.Of(exception, $"{resource.Kind} {(ns is null ? "" : $"{ns}/")}{name}", "Try to delete the object by hand to see what the server says (kubectl delete --dry-run=server).")
        : exception.Failure;

    // A conflict may say that another one has the name by now, so that ours is gone; or something else.
    private async Task<bool?> IsThereAsync(ApiResource resource, string? ns, string name, string uid, CancellationToken cancellationToken)
    {
        try
        {
            using var live = await cluster.Client.GetAsync(resource, ns, name, cancellationToken).ConfigureAwait(false);
            return live?.Uid == uid;
        }
        catch (KubernetesApiException)
        {
            return null;
        }
    }
}
