using KonUpgrade.Engine.Configuration.Systems;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Manifests;
using KonUpgrade.Engine.Manifests.Directories;
using KonUpgrade.Engine.Upgrades.Running;
using KonUpgrade.Engine.Workloads;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Upgrades.Steps;

/// <summary>
/// Workloads that run on green though the upgrade has held all that it made: they were there before it, or somebody else
/// has put them there since. Nobody holds what he has not made; but who counts on one cluster alone to work must know.
/// </summary>
internal static class RunningOnGreen
{
    /// <summary>Warns of those that are on blue as well.</summary>
    /// <param name="run">The step.</param>
    /// <param name="export">The export of blue, which tells what was moved. Where it is gone, nothing is told.</param>
    /// <param name="classes">Which workloads count.</param>
    /// <param name="besideBlue">Whether only those count that blue runs, too.</param>
    /// <param name="words">What is told of them: <c>run on both clusters</c>.</param>
    /// <param name="cancellationToken">Stops.</param>
    public static async Task TellAsync(StepRun run, string export, WorkloadClass classes, bool besideBlue, string words, CancellationToken cancellationToken)
    {
        try
        {
            if (!Directory.Exists(export))
                return;
            var running = await FindAsync(run, export, classes, besideBlue, cancellationToken).ConfigureAwait(false);
            if (running.Count > 0)
                run.Session.Host.Warning($"{run.Green.Context.Name}: {words}: {ImportUndo.Names([.. running.Select(key => key.ToString()).Order(StringComparer.Ordinal)], ", ")}");
        }
        catch (UpgradeException e)
        {
            // Who may not look at them has lost a word, and not the step.
            run.Reporter.Verbose($"Whether workloads run on {run.Green.Context.Name} that were there before is not known: {e.Failure.Message}");
        }
    }

    private static async Task<IReadOnlyCollection<ObjectKey>> FindAsync(StepRun run, string export, WorkloadClass classes, bool besideBlue, CancellationToken cancellationToken)
    {
        var means = HoldRules.For(run.Session.System.Description).Where(one => (one.Class & classes) != 0).ToDictionary(one => (one.Group, one.Kind));
        var directory = await ManifestDirectory.OpenAsync(export, cancellationToken, run.Session.Opening).ConfigureAwait(false);
        var keys = new HashSet<ObjectKey>();
        await foreach (var file in directory.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (means.ContainsKey((file.Group, file.Kind)))
                keys.Add(new ObjectKey(file.Group, file.Kind, file.Namespace, file.Name));
        }

        keys = await RunningAsync(run.Green, keys, means, cancellationToken).ConfigureAwait(false);
        return besideBlue ? await RunningAsync(run.Session.Blue, keys, means, cancellationToken).ConfigureAwait(false) : keys;
    }

    private static async Task<HashSet<ObjectKey>> RunningAsync(
        ClusterConnection cluster, HashSet<ObjectKey> keys, Dictionary<(string Group, string Kind), HoldMeans> means, CancellationToken cancellationToken)
    {
        var running = new HashSet<ObjectKey>();
        if (keys.Count == 0)
            return running;
        var served = await cluster.Client.KnownCatalogAsync(cancellationToken).ConfigureAwait(false);
        foreach (var (group, kind) in keys.Select(key => (key.Group, key.Kind)).Distinct())
        {
            if (served.FindPreferred(group, kind) is not { } resource)
                continue;
            var namespaces = keys.Where(key => key.Group == group && key.Kind == kind).Select(key => key.Namespace).OfType<string>().Distinct().ToList();
            await foreach (var o in cluster.Client.ListAsync(resource, namespaces, cancellationToken).ConfigureAwait(false))
            {
                using (o)
                {
                    var key = new ObjectKey(group, kind, o.Namespace, o.Name);
                    if (keys.Contains(key) && !WorkloadHold.IsHeld(o) && !WorkloadHold.Rests(o, means[(group, kind)]))
                        running.Add(key);
                }
            }
        }

        return running;
    }
}
