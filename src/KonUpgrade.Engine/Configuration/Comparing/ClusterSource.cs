using System.Collections.Concurrent;
using System.Threading.Channels;
using KonUpgrade.Engine.Configuration.Cleaning;
using KonUpgrade.Engine.Configuration.Selecting;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Foundation.Streams;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests;
using KonUpgrade.Engine.Manifests.Descriptions;
using KonUpgrade.Engine.Manifests.Rules;
using KonUpgrade.Engine.Workloads;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Configuration.Comparing;

/// <summary>A live cluster as a side, seen as an export would see it.</summary>
/// <param name="cluster">The cluster.</param>
/// <param name="reporter">Where it tells what it lists.</param>
public sealed class ClusterSource(ClusterConnection cluster, IReporter reporter) : IConfigSource
{
    private const int KindsAtOnce = 4;
    private CleanManifests? _clean;
    private ApiCatalog? _catalog;
    private int _held;

    /// <inheritdoc/>
    public string Name => cluster.Context.Name;

    /// <inheritdoc/>
    public bool ChoosesVersions => true;

    /// <inheritdoc/>
    public SecretSight Secrets => SecretSight.OnDemand;

    /// <inheritdoc/>
    public async Task TellNamesAsync(SelectedNames names, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(names);
        names.Learn(await CatalogAsync(cancellationToken).ConfigureAwait(false));
        await names.LearnNamespacesAsync(cluster.Client, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<ConfigEntry> ReadAsync(
        CompareOptions options, SelectedNames names, IReadOnlyDictionary<(string Group, string Kind), string> versions, CompareProblems problems, CancellationToken cancellationToken) =>
        ChannelStream.RunAsync<ConfigEntry>((writer, token) => ReadAsync(options, names, versions, problems, writer, token), cancellationToken);

    /// <inheritdoc/>
    public async Task<KubernetesObject?> LoadAsync(ConfigEntry entry, CancellationToken cancellationToken)
    {
        using var o = await cluster.Client.GetAsync((ApiResource)entry.Handle!, entry.Key.Namespace, entry.Key.Name, cancellationToken).ConfigureAwait(false);
        return o is null ? null : _clean!.Clean(o, out _);
    }

    private async Task<ApiCatalog> CatalogAsync(CancellationToken cancellationToken) =>
        _catalog ??= await cluster.Client.DiscoverAsync(cancellationToken).ConfigureAwait(false);

    private async Task ReadAsync(
        CompareOptions options, SelectedNames names, IReadOnlyDictionary<(string Group, string Kind), string> versions, CompareProblems problems, ChannelWriter<ConfigEntry> writer,
        CancellationToken cancellationToken)
    {
        var system = await FoundNamespaces.FindAsync(cluster.Client, options.System.Description, cancellationToken).ConfigureAwait(false);
        _clean = new CleanManifests(system, options.Secrets ? SecretHandling.Include : SecretHandling.Skip) { BareAccounts = true };
        var catalog = await CatalogAsync(cancellationToken).ConfigureAwait(false);
        var plan = Plan(catalog, system, options, names, problems);
        // A group that did not answer seems not to be served. Where it may be what is compared, it is not known to be empty.
        var failures = catalog.Failures.Where(f => plan?.Failures.Contains(f) == true || IsMeant(ApiCatalog.GroupOf(f), plan is null));
        foreach (var failure in failures)
            problems.Add(failure, ApiCatalog.GroupOf(failure));
        bool IsMeant(string group, bool any) =>
            ManifestRules.ReasonForWholeGroup(system, group) is null && (options.Selection.Group.Count == 0 ? any : names.Names(group));

        if (plan is null)
            return;
        await Parallel.ForEachAsync(
            // Secrets that are not compared need not be read, nor does anybody need the right to.
            plan.Kinds.Where(k => k.WholeKindReason is null && CompareScope.IsCompared(system, k.Resource.Group, k.Resource.Kind) && (options.Secrets || k.Resource is not { Group: "", Kind: "Secret" })),
            new ParallelOptions { MaxDegreeOfParallelism = KindsAtOnce, CancellationToken = cancellationToken },
            async (kind, token) =>
            {
                var resource = versions.TryGetValue((kind.Resource.Group, kind.Resource.Kind), out var version)
                    ? catalog.Find(kind.Resource.Group, version, kind.Resource.Kind) ?? kind.Resource
                    : kind.Resource;
                await ListAsync(kind, resource, CompareScope.IsByName(system, resource.Group, resource.Kind), problems, writer, token).ConfigureAwait(false);
            }).ConfigureAwait(false);
        if (_held > 0)
            reporter.Information($"{_held} objects of {Name} are held, and compared as they were before.");
    }

    /// <returns>Null where the cluster has nothing of what is compared.</returns>
    private ListPlan? Plan(ApiCatalog catalog, SystemDescription system, CompareOptions options, SelectedNames names, CompareProblems problems)
    {
        if (names.For(catalog) is not { } selection)
        {
            reporter.Verbose($"{Name} serves nothing of what is compared.");
            return null;
        }
        try
        {
            return ListPlan.Make(catalog, system, selection, options.Secrets ? SecretHandling.Include : SecretHandling.Skip);
        }
        catch (UpgradeException e) when (e.Failure.Id == "KindNotInSystem")
        {
            problems.Nothing = e.Failure;
            reporter.Verbose($"{Name}: {e.Failure.Message}");
            return null;
        }
    }

    // Where nobody can tell what an object was before it was held, it is looked at, and that says why.
    private string? Sha256Of(KubernetesObject o)
    {
        try
        {
            return _clean!.Sha256Of(o);
        }
        catch (UpgradeException)
        {
            return "";
        }
    }

    private static ConfigEntry Entry(ApiResource resource, ObjectKey key, KubernetesObject o, string sha256) =>
        new(key, resource.ApiVersion, sha256, resource) { ComesByItself = DefaultServiceAccountRule.Concerns(key) && DefaultServiceAccountRule.IsBare(o) };

    private async Task ListAsync(KindPlan kind, ApiResource resource, bool byName, CompareProblems problems, ChannelWriter<ConfigEntry> writer, CancellationToken cancellationToken)
    {
        var strings = new ConcurrentDictionary<string, string>();
        try
        {
            foreach (var list in kind.Lists)
            {
                await foreach (var o in cluster.Client.ListAsync(resource, list, cancellationToken).ConfigureAwait(false))
                {
                    using (o)
                    {
                        if (!kind.Includes(o) || Sha256Of(o) is not { } sha256)
                            continue;
                        if (WorkloadHold.IsHeld(o))
                            Interlocked.Increment(ref _held);
                        // The same few namespaces over and over.
                        var ns = o.Namespace is { } text ? strings.GetOrAdd(text, text) : null;
                        await writer.WriteAsync(
                            Entry(resource, new ObjectKey(resource.Group, resource.Kind, ns, o.Name), o, byName ? "" : sha256), cancellationToken).ConfigureAwait(false);
                    }
                }
            }
        }
        catch (UpgradeException e)
        {
            if (e is KubernetesApiException { StatusCode: 404 } && await UnservedKinds.IsUnservedAsync(cluster.Client, resource, cancellationToken).ConfigureAwait(false))
                reporter.Verbose($"{Name}: {resource} is no longer served");
            else
                problems.Add(e.Failure with { Target = e.Failure.Target ?? resource.ToString() }, resource.Group, resource.Kind);
        }
    }
}
