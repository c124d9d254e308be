using System.Text.Json.Nodes;
using KonUpgrade.Engine.Configuration.Keeping;
using KonUpgrade.Engine.Configuration.Removing;
using KonUpgrade.Engine.Configuration.Systems;
using KonUpgrade.Engine.Manifests.Comparison;
using KonUpgrade.Engine.Upgrades.Details;
using KonUpgrade.Engine.Upgrades.Plans;
using KonUpgrade.Engine.Upgrades.Running;
using KonUpgrade.Engine.Workloads;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Upgrades.Steps;

/// <summary>Takes back what an import brought: it is held, so that nothing of it acts beside blue; later it is removed, where that was asked for.</summary>
internal static class ImportUndo
{
    /// <summary>The output that names what was changed and can't be put back.</summary>
    public const string PassedOverOutput = "passedOver";

    private const string ImagesNote = "images";
    private const int Shown = 10;

    /// <summary>What an undo leaves, for people: once, however many steps import.</summary>
    public static IReadOnlyList<string> Left(UpgradeStep step, bool removeImported)
    {
        string[] left =
        [
            removeImported
                ? "CustomResourceDefinitions, namespaces, claims, volumes, what claims belong to and what reaches beyond the cluster stay on green, and so does what was there before this upgrade."
                : "What was imported stays on green, held; -RemoveImported removes it.",
            "What somebody has replaced as a whole on green since does not say any more that this upgrade made it: it is neither held nor removed.",
        ];
        return step.Kind != StepKind.ImportConfig || StepKind.ValueOf(step, "existing") != nameof(ExistingObject.Apply)
            ? left
            : [.. left, step.Output.TryGetValue(PassedOverOutput, out var names) && names.Length > 0
                ? $"{step.Title}: of objects that may hold secrets nothing is kept: these were changed on green and are not put back: {names}."
                : $"{step.Title}: of objects that may hold secrets nothing is kept: where they were on green and were changed, they are not put back."];
    }

    /// <summary>Where the import of a step keeps what it changes; the journal says so before the first of it.</summary>
    public static ObjectImages ImagesOf(StepRun run)
    {
        var folder = FolderOf(run);
        return new(folder, () => run.Notes[ImagesNote]?.GetValue<string>() == folder ? Task.CompletedTask : run.NoteAsync(new JsonObject { [ImagesNote] = folder }));
    }

    /// <summary>The first objects of a list, for people.</summary>
    public static string Names(IReadOnlyList<string> names, string separator) =>
        $"{string.Join(separator, names.Take(Shown))}{(names.Count > Shown ? $"{separator}and {names.Count - Shown} more" : "")}";

    /// <summary>To hold what it brought, and to delete it where that was asked for.</summary>
    public static async Task<IReadOnlyList<NeededRight>> RightsAsync(StepRun run, CancellationToken cancellationToken)
    {
        var hold = await StepRights.ToHoldAsync(run, UpgradeSide.Green, WorkloadClass.All, cancellationToken).ConfigureAwait(false);
        return run.Options.RemoveImported ? [.. hold, .. await StepRights.ToRemoveAsync(run, cancellationToken).ConfigureAwait(false)] : hold;
    }

    /// <summary>Holds what this upgrade made on green.</summary>
    public static Task<StepResult> HoldAsync(StepRun run, CancellationToken cancellationToken)
    {
        var system = run.Session.System.Description;
        var options = new WorkloadOptions
        {
            Upgrade = run.Mark,
            OnlyMade = true,
            // The kinds and namespaces that were moved: elsewhere nothing can be of this upgrade, nor need the login see anything.
            Means = HoldRules.Own(system),
            Selection = run.Plan.Selection with { LabelSelector = null },
            IsSensitive = (group, kind) => SecretKinds.Contains(system, group, kind),
        };
        return WorkloadUndo.RunAsync(run, run.Green, run.Session.ThrottleLimit is { } limit ? options with { ThrottleLimit = limit } : options, cancellationToken);
    }

    /// <summary>Puts back what was changed, and removes what this upgrade made where that was asked for.</summary>
    public static async Task<StepResult> RestAsync(StepRun run, CancellationToken cancellationToken)
    {
        var (restored, removed, left) = (0, 0, new List<LeftOnGreen>());
        Failure? failure = null;
        await foreach (var o in KeptImagesOf(run).RestoreAsync(run.Green, cancellationToken).ConfigureAwait(false))
        {
            failure ??= o.Failure;
            if (o.Left is not null)
                left.Add(new LeftOnGreen(o.Name, o.Left, IsRemoval: false));
            else if (o.Failure is null)
                restored++;
        }

        using var list = StepLists.Left.Begin(run);
        Tell(run, "not put back, or not wholly", left);
        left.ForEach(list.Add);
        var text = restored > 0 ? $"{restored} put back" : "";
        if (left.Count > 0)
            text = Join(text, $"{left.Count} not put back, or not wholly");
        if (failure is not null || !run.Options.RemoveImported)
            return new StepResult(text) { Failure = failure, Output = list.End() };
        left.Clear();
        await foreach (var o in new MadeObjects(run.Green, run.Session.System.Description, run.Mark, run.Reporter) { Namespaces = run.Plan.Selection.Namespace, IsMoved = (kind, served) => StepRights.IsMoved(run, kind, served) }.RunAsync(cancellationToken).ConfigureAwait(false))
        {
            failure ??= o.Failure is { } why ? why with { Message = $"{o} on {run.Green.Context.Name} could not be removed: {why.Message}" } : null;
            if (o.Left is not null)
                left.Add(new LeftOnGreen(o.ToString(), o.Left, IsRemoval: true));
            else if (o.Failure is null)
                removed++;
        }

        // What was made says of which upgrade it is, and not of which step: whichever is taken back first removes all of it.
        var told = run.Plan.Steps.Any(step => step.Kind is StepKind.ImportConfig or StepKind.CatchUpConfig && run.IsRemoved(step.Id));
        if (!told)
        {
            Tell(run, "left as it is", left);
            left.ForEach(list.Add);
        }

        if (!told || removed > 0)
            text = Join(text, $"{removed} removed of all that this upgrade made, {left.Count} left");
        return new StepResult(text) { Failure = failure, Output = list.End() };
    }

    private static string Join(string one, string other) => one.Length == 0 ? other : $"{one}; {other}";

    private static string FolderOf(StepRun run) => Path.Combine(run.Folder, "images");

    private static ObjectImages KeptImagesOf(StepRun run)
    {
        var folder = FolderOf(run);
        if (Directory.Exists(folder) || run.Notes[ImagesNote]?.GetValue<string>() is not { } noted)
            return new ObjectImages(folder);
        return Directory.Exists(noted) ? new ObjectImages(noted) : throw new UpgradeException(Missing(run, noted, folder));
    }

    private static Failure Missing(StepRun run, string noted, string folder) => new()
    {
        Id = "ImagesMissing",
        Kind = FailureKind.NotFound,
        Message = $"What step '{run.Step.Id}' changed on {run.Green.Context.Name} can't be put back: the directory in which it was kept is not there: {noted}{(noted == folder ? "" : $", nor {folder}")}.",
        Recommendation = $"Bring the directory from the machine that ran the upgrade, as {folder}, or name it with -WorkPath; or put the objects back by hand and make that directory, empty. Then run Undo-BlueGreenUpgrade again.",
        Target = noted,
    };

    private static void Tell(StepRun run, string what, List<LeftOnGreen> left)
    {
        if (left.Count > 0)
            run.Session.Host.Warning($"{run.Green.Context.Name}: {what}: {Names([.. left.Select(o => $"{o.Name}, since {o.Reason}")], "; ")}");
    }
}
