using System.Globalization;
using KonUpgrade.Engine.Aws;
using KonUpgrade.Engine.Aws.Iam;
using KonUpgrade.Engine.Configuration.Exporting;
using KonUpgrade.Engine.Configuration.Selecting;
using KonUpgrade.Engine.Configuration.Systems;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests.Directories;
using KonUpgrade.Engine.Systems;

namespace KonUpgrade.Operations;

/// <summary>Which system is meant, as the command line says it.</summary>
/// <param name="Name">Its name, or null.</param>
/// <param name="Path">The file of a system of the user's own, or null.</param>
internal sealed record SystemRequest(string? Name, string? Path)
{
    /// <summary>Whether no program may be started to log in to AWS.</summary>
    public bool NoExecPlugin { get; init; }

    /// <summary>Reads what systems there are.</summary>
    public async Task<ChosenSystem> OpenAsync(IReporter reporter, CancellationToken cancellationToken)
    {
        var own = Path is null ? null : await SystemFile.LoadAsync(Path, reporter, cancellationToken).ConfigureAwait(false);
        var catalog = new SystemCatalog(new SystemServices { Roles = new IamClient(new AwsOptions { MayStartPrograms = !NoExecPlugin }) }, own);
        var named = Name is null ? catalog.Own : catalog.Get(Name);
        if (catalog.Own is { } meant && named != meant)
        {
            throw new UpgradeException(new Failure
            {
                Id = "SystemMismatch",
                Kind = FailureKind.InvalidArgument,
                Message = $"-System names '{named!.Description.Name}', and the file of -SystemPath describes '{meant.Description.Name}'.",
                Recommendation = "Leave one of the two away.",
                Target = Path,
            });
        }

        return new ChosenSystem(catalog, named);
    }
}

/// <summary>The system that the command line chose, and the others.</summary>
/// <param name="Catalog">All systems.</param>
/// <param name="Named">The one that the command line names, or null.</param>
internal sealed record ChosenSystem(SystemCatalog Catalog, SystemDefinition? Named)
{
    /// <summary>The system that is named, or the one that an export was made as.</summary>
    /// <exception cref="UpgradeException">The export's system is none that is known (UnknownSystem).</exception>
    public SystemDefinition? For(ClusterConfigExport? export) => Named ?? (export is null ? null : Catalog.Get(export.System));

    /// <summary>The system as which a directory is imported: its own, which knows what must not happen to its objects.</summary>
    /// <exception cref="UpgradeException">Another one is named than the export was made as (OtherSystem), or its system is none that is known (UnknownSystem).</exception>
    public SystemDefinition? ForImport(ManifestDirectory directory)
    {
        if (Named is { } named && directory.Export is { } export && !string.Equals(export.System, named.Description.Name, StringComparison.OrdinalIgnoreCase))
        {
            throw new UpgradeException(new Failure
            {
                Id = "OtherSystem",
                Kind = FailureKind.Refused,
                Message = $"The export in {export.Path} was made as {export.System}, and -System names {named.Description.Name}: the rules of the one do not fit the objects of the other.",
                Recommendation = "Leave -System away; or export again as the system that is meant.",
                Target = export.Path,
            });
        }
        return For(directory);
    }

    /// <summary>The system that is named, or the one that a directory is of.</summary>
    /// <exception cref="UpgradeException">The directory's system is none that is known (UnknownSystem).</exception>
    public SystemDefinition? For(ManifestDirectory directory) => Named ?? (directory.SystemName is { } name ? Catalog.Get(name) : null);

    /// <summary>The system that is named, or the one that a cluster has, which is then announced.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="selection">What of it is meant.</param>
    /// <param name="reporter">Takes the announcement.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <param name="mayBeSeveral">Whether a cluster of several systems is taken as a whole.</param>
    /// <exception cref="UpgradeException">It has several (SystemAmbiguous), and must not.</exception>
    public async Task<SystemDefinition> ForAsync(ClusterConnection cluster, ClusterConfigSelection selection, IReporter reporter, CancellationToken cancellationToken, bool mayBeSeveral = false)
    {
        if (Named is not null)
            return Named;
        var served = await cluster.Client.DiscoverAsync(cancellationToken).ConfigureAwait(false);
        var found = mayBeSeveral ? Catalog.DetectOrWhole(served, selection) : Catalog.Detect(served, selection, cluster.Context.Name);
        // Which namespaces a system keeps to, its description alone does not say.
        var within = await FoundNamespaces.FindAsync(cluster.Client, found.Description, cancellationToken).ConfigureAwait(false);
        if (FoundNamespaces.HasNone(within, selection))
        {
            reporter.Information($"{cluster.Context.Name} has the system {within.Name}, to which none of the namespaces belongs that are selected: they are taken as {Catalog.Whole.Description.Name}.");
            return Catalog.Whole;
        }
        if (found.Description.Detect.Count > 0)
            reporter.Information($"{cluster.Context.Name} has the system {found.Description.Name}, known by {string.Join(", ", found.Description.Detect)}.");
        else if (selection.Namespace.Count > 0 && Catalog.DetectOrWhole(served, selection with { Namespace = [] }) is { Description: { Detect.Count: > 0 } passed })
            reporter.Information($"{cluster.Context.Name} has the system {passed.Name}, which has nothing in the namespaces that are selected: they are taken as {found.Description.Name}.");
        return found;
    }

    /// <summary>
    /// The system that is named, or the one that a cluster has, for what a system adds to what is so of every cluster: nothing
    /// of it must be certain.
    /// </summary>
    /// <returns>Null where the cluster has several, or none.</returns>
    public SystemDefinition? OnlyOneOn(string cluster, ApiCatalog served, IReporter reporter)
    {
        if (Named is not null)
            return Named;
        var found = Catalog.FindOn(served);
        if (found is [var only] && only != Catalog.Whole)
        {
            reporter.Verbose($"{cluster} has the system {only.Description.Name}, known by {string.Join(", ", only.Description.Detect)}.");
            return only;
        }
        reporter.Verbose(found.Count > 1
            ? $"{cluster} has several systems ({string.Join(", ", found.Select(system => system.Description.Name))}); -System names the one that is meant."
            : $"{cluster} has none of the systems that are known.");
        return null;
    }

    /// <summary>Says what of a cluster a system that was found, and not named, does not carry.</summary>
    public async Task TellUncoveredAsync(
        ClusterConnection cluster, SystemDefinition system, ClusterConfigSelection selection, IReporter reporter, CancellationToken cancellationToken)
    {
        const int Shown = 6;
        if (Named is not null || system.Description.Detect.Count == 0 || selection.Kind.Count + selection.Group.Count > 0)
            return;
        var kinds = await SystemCoverage.CountAsync(cluster, system.Description, Catalog.Whole.Description, selection, reporter, cancellationToken).ConfigureAwait(false);
        if (kinds.Count == 0)
            return;
        var listed = kinds.Take(Shown).Select(static kind => string.Create(CultureInfo.InvariantCulture, $"{kind.Count}{(kind.More ? "+" : "")} {kind.Kind}"));
        var more = kinds.Any(static kind => kind.More) ? " or more" : "";
        reporter.Warning(string.Create(
            CultureInfo.InvariantCulture,
            $"{cluster.Context.Name}: as {system.Description.Name}, {kinds.Sum(static kind => (long)kind.Count)}{more} objects of {kinds.Count} {(system.Description.Export.Within is null ? "other kinds" : "kinds outside its namespaces")} are not covered: {string.Join(", ", listed)}{(kinds.Count > Shown ? ", …" : "")}. -System Kubernetes carries everything; naming the system says that this is known."));
    }
}
