using System.Globalization;
using KonUpgrade.Engine.Configuration.Comparing;
using KonUpgrade.Engine.Configuration.Importing.Items;
using KonUpgrade.Engine.Configuration.Importing.Target;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests;
using KonUpgrade.Engine.Manifests.Descriptions;
using KonUpgrade.Engine.Manifests.Directories;
using KonUpgrade.Engine.Upgrades.Details;
using KonUpgrade.Engine.Upgrades.Running;
using KonUpgrade.Engine.Workloads;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Upgrades.Steps;

/// <summary>
/// What green still lacks of an export of blue. What only green has is no matter: its own installers put it there. Nor is
/// what an import leaves out on purpose, which a trial of one tells.
/// </summary>
internal sealed class ConfigDifferences
{
    private const int Shown = 5;
    private readonly SortedDictionary<string, ObjectDifference> _left;

    private ConfigDifferences(long compared, SortedDictionary<string, ObjectDifference> left)
    {
        ObjectCount = compared;
        _left = left;
    }

    /// <summary>How many objects were compared.</summary>
    public long ObjectCount { get; }

    /// <summary>How many differ.</summary>
    public int Count => _left.Count;

    /// <summary>What an approval is for: these differences and no others.</summary>
    public string Point => StepResult.PointOf("differences", _left.Keys);

    /// <summary>What differs.</summary>
    public IReadOnlyCollection<ObjectDifference> Left => _left.Values;

    /// <summary>Compares.</summary>
    /// <param name="run">The step; its setting <c>accept</c> names kinds that may differ.</param>
    /// <param name="path">The export of blue.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="UpgradeException">Something could not be read, so that nothing is known of it.</exception>
    public static async Task<ConfigDifferences> FindAsync(StepRun run, string path, CancellationToken cancellationToken)
    {
        var directory = await ManifestDirectory.OpenAsync(path, cancellationToken, run.Session.Opening).ConfigureAwait(false);
        var options = new Configuration.Comparing.CompareOptions { System = run.Session.System, Selection = run.Plan.Selection };
        var comparer = new ConfigComparer(new DirectorySource(directory), new ClusterSource(run.Green, run.Reporter), options, run.Reporter);
        var accepted = run.Texts("accept");
        var left = new SortedDictionary<string, ObjectDifference>(StringComparer.Ordinal);
        var missing = new HashSet<ObjectKey>();
        var extra = new HashSet<ObjectKey>();
        HashSet<ObjectKey>? scaled = null;
        await foreach (var difference in comparer.RunAsync(cancellationToken).ConfigureAwait(false))
        {
            var key = new ObjectKey(ApiResource.GroupOf(difference.ApiVersion), difference.Kind, difference.Namespace, difference.Name);
            if (KindPattern.Matches(accepted, key.Group, key.Kind))
                continue;
            if (difference.State == ClusterConfigDifferenceState.Extra)
                extra.Add(key);
            else if (difference.State == ClusterConfigDifferenceState.Missing)
                missing.Add(key);
            else if (difference.Fields is [{ Path: "spec.replicas" }] && await IsScaledAsync(key).ConfigureAwait(false))
                run.Reporter.Verbose($"{key}: an autoscaler has its replicas on each side");
            else
                Add($"{key} differs in {string.Join(", ", difference.Fields.Take(Shown).Select(f => f.Path))}{(difference.Fields.Count > Shown ? " …" : "")}", key, difference.State, [.. difference.Fields.Select(f => f.Path)]);
        }

        if (comparer.Failures.Count > 0)
            throw new UpgradeException(comparer.Failures[0]);
        await ForgetLeftOutAsync(run, path, missing, cancellationToken).ConfigureAwait(false);
        foreach (var key in missing)
            Add($"{key} is missing", key, ClusterConfigDifferenceState.Missing);
        foreach (var key in await MadeAsync(run, extra, cancellationToken).ConfigureAwait(false))
            Add($"{key} was removed on {run.Session.Blue.Context.Name} since it was brought", key, ClusterConfigDifferenceState.Extra);
        return new ConfigDifferences(comparer.ObjectCount, left);

        void Add(string text, ObjectKey key, ClusterConfigDifferenceState state, IReadOnlyList<string>? fields = null) =>
            left[text] = new ObjectDifference { Group = key.Group, Kind = key.Kind, Namespace = key.Namespace, Name = key.Name, State = state, Fields = fields };

        async Task<bool> IsScaledAsync(ObjectKey key)
        {
            if (scaled is null)
            {
                scaled = [];
                var green = run.Green.Client;
                await Autoscaled.AddThoseOfAsync(scaled, green, await green.KnownCatalogAsync(cancellationToken).ConfigureAwait(false), run.Reporter, cancellationToken).ConfigureAwait(false);
            }

            return scaled.Contains(key);
        }
    }

    /// <inheritdoc/>
    public override string ToString() => Count == 0
        ? string.Create(CultureInfo.InvariantCulture, $"{ObjectCount} compared, none differs")
        : string.Create(CultureInfo.InvariantCulture, $"{ObjectCount} compared, {Count} differ: {string.Join("; ", _left.Keys.Take(Shown))}{(Count > Shown ? "; …" : "")}");

    // What an import would leave out, and why, only it knows: systems, volumes and what acts outside the cluster have a say.
    private static async Task ForgetLeftOutAsync(StepRun run, string path, HashSet<ObjectKey> missing, CancellationToken cancellationToken)
    {
        if (missing.Count == 0)
            return;
        var options = new ImportOptions
        {
            Selection = run.Plan.Selection with { Kind = [.. missing.Select(key => key.KindAndGroup).Distinct(StringComparer.Ordinal)] },
            Hold = ImportConfigWork.HoldOf(run.Plan),
        };
        var importer = await ConfigImport.OpenAsync(run, path, options, cancellationToken).ConfigureAwait(false);
        await foreach (var change in importer.PreviewAsync(cancellationToken).ConfigureAwait(false))
        {
            if (change.Action == ClusterConfigChangeAction.Skipped)
                missing.Remove(new ObjectKey(ApiResource.GroupOf(change.ApiVersion), change.Kind, change.Namespace, change.Name));
        }
    }

    // What only green has and this upgrade brought was removed on blue meanwhile.
    private static async Task<IReadOnlyList<ObjectKey>> MadeAsync(StepRun run, HashSet<ObjectKey> extra, CancellationToken cancellationToken)
    {
        var made = new List<ObjectKey>();
        if (extra.Count == 0)
            return made;
        var served = await run.Green.Client.KnownCatalogAsync(cancellationToken).ConfigureAwait(false);
        foreach (var (group, kind) in extra.Select(key => (key.Group, key.Kind)).Distinct())
        {
            if (served.FindPreferred(group, kind) is not { } resource)
                continue;
            await foreach (var o in run.Green.Client.ListAsync(resource, run.Plan.Selection.Namespace, cancellationToken).ConfigureAwait(false))
            {
                using (o)
                {
                    var key = new ObjectKey(group, kind, o.Namespace, o.Name);
                    if (o.Annotation(WorkloadHold.UpgradeAnnotation) == run.Mark && extra.Contains(key))
                        made.Add(key);
                }
            }
        }

        return made;
    }
}
