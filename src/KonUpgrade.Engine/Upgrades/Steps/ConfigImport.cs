using System.Globalization;
using KonUpgrade.Engine.Configuration.Importing;
using KonUpgrade.Engine.Configuration.Importing.Items;
using KonUpgrade.Engine.Configuration.Systems;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests.Directories;
using KonUpgrade.Engine.Upgrades.Running;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Upgrades.Steps;

/// <summary>Imports an export into green, for those steps that do.</summary>
internal static class ConfigImport
{
    /// <summary>Imports, in earnest or for trial.</summary>
    /// <param name="run">The step.</param>
    /// <param name="path">The export.</param>
    /// <param name="options">How.</param>
    /// <param name="list">Told what became of each object; null for a trial, in which nothing is written.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>What became of the objects.</returns>
    public static async Task<StepResult> RunAsync(StepRun run, string path, ImportOptions options, Action<ClusterConfigChange>? list, CancellationToken cancellationToken)
    {
        var importer = await OpenAsync(run, path, options, cancellationToken).ConfigureAwait(false);
        var trial = list is null;
        var counts = new Counts();
        var held = 0;
        var heldOf = new Dictionary<(WorkloadClass Class, bool Stays), int>();
        var classes = trial ? HoldRules.For(run.Session.System.Description).ToDictionary(means => (means.Group, means.Kind), means => means.Class) : [];
        Failure? first = null;
        var waiting = new SortedSet<string>(StringComparer.Ordinal);
        await foreach (var change in (trial ? importer.PreviewAsync(cancellationToken) : importer.RunAsync(cancellationToken)).ConfigureAwait(false))
        {
            list?.Invoke(change);
            counts.Add(change.Action);
            first ??= change.Failure;
            if (change.Held is not null)
            {
                held++;
                if (classes.TryGetValue((ApiResource.GroupOf(change.ApiVersion), change.Kind), out var of))
                    heldOf[(of, change.HeldReason is not null)] = heldOf.GetValueOrDefault((of, change.HeldReason is not null)) + 1;
            }

            if (change.Outward is { } kind)
                waiting.Add(kind);
        }

        var text = $"{counts}{(held > 0 ? $"; {held} held" : "")}{(waiting.Count > 0 ? $"; waiting, since they act outside the cluster: {string.Join(", ", waiting)}" : "")}";
        return new StepResult(text)
        {
            Failure = first is null ? null : Incomplete(run, counts, first),
            Output = heldOf.ToDictionary(of => of.Key.Stays ? StaysOutput(of.Key.Class) : HeldOutput(of.Key.Class), of => of.Value.ToString(CultureInfo.InvariantCulture), StringComparer.Ordinal),
        };
    }

    /// <summary>The output by which a trial tells how many workloads of a class would come held; a release of them takes it off again.</summary>
    public static string HeldOutput(WorkloadClass of) => $"held{of}";

    /// <summary>The output by which a trial tells how many of those a release would leave held, since something else speaks against their running.</summary>
    public static string StaysOutput(WorkloadClass of) => $"stays{of}";

    /// <summary>An importer of an export.</summary>
    public static async Task<ConfigImporter> OpenAsync(StepRun run, string path, ImportOptions options, CancellationToken cancellationToken)
    {
        var directory = await ManifestDirectory.OpenAsync(path, cancellationToken, run.Session.Opening).ConfigureAwait(false);
        options = options with
        {
            Upgrade = run.Mark,
            Volume = run.Plan.Volume,
            AllowOutward = run.Plan.AllowOutward,
            ThrottleLimit = run.Session.ThrottleLimit ?? options.ThrottleLimit,
            Source = _ => Task.FromResult<Connections.ClusterConnection?>(run.Session.Blue),
        };
        return new ConfigImporter(directory, run.Green, run.Session.System, options, run.Reporter);
    }

    private static Failure Incomplete(StepRun run, Counts counts, Failure first) => new()
    {
        Id = "ImportIncomplete",
        Kind = FailureKind.Incomplete,
        Message = $"The import into {run.Green.Context.Name} is not complete: {counts}. First: {first.Message}",
        Recommendation = first.Recommendation ?? "Mend the cause and resume: what is there already is not written twice.",
        Target = first.Target,
    };
}
