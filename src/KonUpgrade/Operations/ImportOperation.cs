using System.Globalization;
using System.Management.Automation;
using System.Runtime.CompilerServices;
using KonUpgrade.Engine.Configuration.Importing;
using KonUpgrade.Engine.Configuration.Importing.Items;
using KonUpgrade.Engine.Configuration.Importing.Planning;
using KonUpgrade.Engine.Configuration.Systems;
using KonUpgrade.Engine.Manifests.Directories;
using KonUpgrade.Pipeline;

namespace KonUpgrade.Operations;

/// <summary>What an import may do.</summary>
internal sealed record ImportSwitches(
    ExistingObject Existing, bool IncludeCrd, bool ForceConflict, bool AllowPartial, bool AllowModified)
{
    /// <summary>Which workloads arrive held.</summary>
    public WorkloadClass Hold { get; init; } = WorkloadClass.Scheduled;

    /// <summary>What becomes of claims and volumes.</summary>
    public VolumeHandling Volume { get; init; }

    /// <summary>Kinds that may act on the world outside the cluster.</summary>
    public IReadOnlyList<string> AllowOutward { get; init; } = [];
}

/// <summary>What is imported, and to where.</summary>
internal sealed record ImportRequest(
    string Path,
    ClusterRequest Target,
    SystemRequest System,
    ImportSwitches Switches,
    ClusterConfigSelection Selection,
    int? ThrottleLimit)
{
    /// <summary>What opens encrypted files.</summary>
    public GivenCertificates? Certificates { get; init; }

    /// <summary>The exports that the same command brought in before.</summary>
    public ImportedRoles Imported { get; init; } = new();

    /// <summary>Items that came down the pipeline, in place of a directory; null for one.</summary>
    public PipedObjects? Items { get; init; }
}

/// <summary>Imports one directory: reads, asks once with counts, lets the engine work, and tells how it ended.</summary>
internal static class ImportOperation
{
    // Changes that are only predicted are shown by a view of their own.
    private const string TrialType = "KonUpgrade.Model.ClusterConfigChange#WhatIf";

    /// <summary>Gives one ClusterConfigChange for each object; with <c>-WhatIf</c> what it would be.</summary>
    public static async IAsyncEnumerable<object> RunAsync(
        ImportRequest request, IPipelineHost host, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var opening = request.Certificates?.Opening();
        var chosen = await request.System.OpenAsync(host, cancellationToken).ConfigureAwait(false);
        SystemDefinition? system = null;
        ManifestDirectory? source = null;
        try
        {
            source = request.Items?.ToDirectory(chosen.Named?.Description.Name) ?? await ManifestDirectory.OpenAsync(request.Path, cancellationToken, opening, chosen.Catalog.Layouts).ConfigureAwait(false);
            system = chosen.ForImport(source);
        }
        catch (UpgradeException exception)
        {
            // One directory that cannot be read does not keep the others from being imported.
            host.Error(exception.Failure, exception, request.Path);
        }

        if (source is null || (system is null && source.SystemName is not null))
            yield break;
        if (system?.Family is not null && source.IsPiped)
        {
            host.Error(NoRole(system.Description.Name));
            yield break;
        }

        if (source.Layout is { } layout)
            host.Information($"{request.Path} is {layout}; nobody vouches for what is in it.");
        var target = await request.Target.OpenAsync(host, cancellationToken).ConfigureAwait(false);
        await using (target.ConfigureAwait(false))
        {
            system ??= await chosen.ForAsync(target, request.Selection, host, cancellationToken).ConfigureAwait(false);
            var importer = new ConfigImporter(source, target, system, Options(request) with { Source = SourceOf(request, source.Export, host) }, host);
            ImportPlanSummary? plan = null;
            try
            {
                plan = await importer.PrepareAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (UpgradeException exception) when (IsOfSource(exception.Failure))
            {
                host.Error(exception.Failure, exception, request.Path);
            }

            if (plan is null)
                yield break;
            if (source.Export is { } export && request.Imported.WhyNot(export, target.Context.Name) is { } taken)
            {
                host.Error(taken, target: request.Path);
                yield break;
            }
            if (plan.Nothing is { } nothing)
            {
                host.Error(nothing, target: request.Path);
                yield break;
            }
            var answer = await host.AskToProcessAsync(target.Context.Name, Action(plan), cancellationToken).ConfigureAwait(false);
            if (answer == ProcessAnswer.No)
                yield break;
            var isTrial = answer == ProcessAnswer.WhatIf;

            var counts = new int[Enum.GetValues<ClusterConfigChangeAction>().Length];
            Failure? first = null;
            var waiting = new SortedDictionary<string, int>(StringComparer.Ordinal);
            var changes = isTrial ? importer.PreviewAsync(cancellationToken) : importer.RunAsync(cancellationToken);
            await foreach (var change in changes.ConfigureAwait(false))
            {
                counts[(int)change.Action]++;
                first ??= change.Failure;
                if (change.Outward is { } kind)
                    waiting[kind] = waiting.GetValueOrDefault(kind) + 1;
                yield return isTrial ? Trial(change) : change;
            }

            if (waiting.Count > 0)
                host.Warning(Waiting(target.Context.Name, waiting));

            host.Information($"{(isTrial ? "What if: import" : "Import")} into {target.Context.Name}: {Counts(counts)}.");
            if (counts[(int)ClusterConfigChangeAction.Failed] > 0)
                host.Error(Incomplete(target.Context.Name, isTrial, counts, first));
        }
    }

    // The context that was exported, by the kubeconfig at hand: if it leads to another cluster by now, it leads nowhere.
    private static ImportHookSource? SourceOf(ImportRequest request, ClusterConfigExport? export, IPipelineHost host)
    {
        if (export is not { Context: { } context, ClusterUid: { } uid })
            return null;
        return async cancellationToken =>
        {
            var source = await (request.Target with { Context = context }).OpenAsync(host, cancellationToken).ConfigureAwait(false);
            var meant = false;
            try
            {
                meant = (await source.GetIdentityAsync(cancellationToken).ConfigureAwait(false)).Uid == uid;
            }
            finally
            {
                if (!meant)
                    await source.DisposeAsync().ConfigureAwait(false);
            }
            return meant ? source : null;
        };
    }

    // Which of a system's clusters an object is of, an export tells; by itself none does.
    private static Failure NoRole(string system) => new()
    {
        Id = "RoleUnknown",
        Kind = FailureKind.NotSupported,
        Message = $"{system} is on several clusters, each with a role of its own, and objects from the pipeline do not tell theirs. Nothing was changed.",
        Recommendation = "Export the cluster, and import the export.",
        Target = system,
    };

    private static string Waiting(string cluster, IReadOnlyDictionary<string, int> kinds) =>
        $"What acts on the world outside {cluster} waits: {string.Join(", ", kinds.Select(static kind => string.Create(CultureInfo.InvariantCulture, $"{kind.Value} {kind.Key}")))}. "
        + $"When it should act, import again with -AllowOutward {string.Join(',', kinds.Keys)}.";

    private static PSObject Trial(ClusterConfigChange change)
    {
        var shown = new PSObject(change);
        shown.TypeNames.Insert(0, TrialType);
        return shown;
    }

    // What is wrong with this export, and says nothing of the target or of other exports. A target that is the source, or
    // cannot be told from it, is not one of these: it ends the command.
    private static bool IsOfSource(Failure failure) =>
        failure.Id is "ExportIncomplete" or "ConfigIncomplete" or "OtherRole" or "OtherSystem" or "ModifiedFile" or "MissingFile" or "ExportDamaged" || failure.Kind is FailureKind.ParserError or FailureKind.ReadError;

    // Names and counts, as ShouldProcess shows them beside the target.
    private static string Action(ImportPlanSummary plan)
    {
        const int Shown = 8;
        var kinds = plan.CountByKind.Take(Shown).Select(static kind => string.Create(CultureInfo.InvariantCulture, $"{kind.Value} {kind.Key}")).ToList();
        if (plan.CountByKind.Count > Shown)
            kinds.Add("…");
        var from = plan.Source is { } source ? $" of {source}" : "";
        var counts = kinds.Count > 0 ? $": {string.Join(", ", kinds)}" : "";
        var skipped = plan.SkippedCount > 0 ? string.Create(CultureInfo.InvariantCulture, $"; {plan.SkippedCount} skipped") : "";
        var failed = plan.FailedCount > 0 ? string.Create(CultureInfo.InvariantCulture, $"; {plan.FailedCount} cannot be read") : "";
        return string.Create(CultureInfo.InvariantCulture, $"Import {plan.WriteCount} objects{from}{counts}{skipped}{failed}");
    }

    private static ImportOptions Options(ImportRequest request)
    {
        var options = new ImportOptions
        {
            Existing = request.Switches.Existing,
            IncludeCrd = request.Switches.IncludeCrd,
            ForceConflict = request.Switches.ForceConflict,
            AllowPartial = request.Switches.AllowPartial,
            AllowModified = request.Switches.AllowModified,
            Selection = request.Selection,
            Hold = request.Switches.Hold,
            Volume = request.Switches.Volume,
            AllowOutward = request.Switches.AllowOutward,
        };
        return request.ThrottleLimit is { } limit ? options with { ThrottleLimit = limit } : options;
    }

    private static Failure Incomplete(string cluster, bool isTrial, int[] counts, Failure? first) => new()
    {
        Id = "ImportIncomplete",
        Kind = FailureKind.Incomplete,
        Message = $"The import into {cluster} {(isTrial ? "would not be" : "is not")} complete: {Counts(counts)}." + (first is null ? "" : $" First: {first.Message}"),
        Recommendation = "Look at the objects whose Action is Failed; each has its Failure with what to do. "
            + (isTrial ? "Nothing was written." : "Run the same command again: what is there already is not written twice."),
        Target = cluster,
    };

    private static string Counts(int[] counts) =>
        string.Join(
            ", ",
            Enum.GetValues<ClusterConfigChangeAction>().Select(action => string.Create(
                CultureInfo.InvariantCulture, $"{counts[(int)action]} {action.ToString().ToLowerInvariant()}")));
}
