using System.Text.Json;
using KonUpgrade.Engine.Configuration.Cleaning;
using KonUpgrade.Engine.Configuration.Importing.Holding;
using KonUpgrade.Engine.Configuration.Importing.Items;
using KonUpgrade.Engine.Configuration.Importing.Planning;
using KonUpgrade.Engine.Configuration.Importing.Target;
using KonUpgrade.Engine.Foundation.Streams;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Configuration.Importing.Objects;

/// <summary>Brings one object into the target: read, looked at, given the form in which it arrives, held where it must not run, and written.</summary>
/// <param name="selection">Which objects are meant.</param>
/// <param name="manifests">Takes off what belonged to the source's cluster.</param>
/// <param name="gate">What can keep it from being written.</param>
/// <param name="arrival">What of it arrives.</param>
/// <param name="write">Writes it.</param>
/// <param name="notes">What is told of it then.</param>
/// <param name="customResources">Waits for definitions.</param>
/// <param name="backEnds">In a dry run, learns which webhooks come.</param>
/// <param name="changes">What is told where it is not written.</param>
/// <param name="options">How the import goes.</param>
internal sealed class ObjectImport(
    ImportSelection selection,
    CleanManifests manifests,
    ImportGate gate,
    ImportArrival arrival,
    ObjectWrite write,
    ObjectNotes notes,
    CustomResources customResources,
    BackEnds backEnds,
    ImportChanges changes,
    ImportOptions options)
{
    // Of every object in hand there are several forms at once: its text, its JSON, what is sent, what comes back.
    private readonly ByteBudget _memory = new(2 * 1024 * 1024);

    /// <summary>Brings the object in, or says what it waits for.</summary>
    public async Task<ImportStep> RunAsync(ImportItem item, CancellationToken cancellationToken)
    {
        try
        {
            if (gate.WhyBlocked(item) is { } blocked)
                return new ImportStep(changes.Failed(item, blocked));
            using var room = await _memory.TakeAsync(item.File?.Length ?? 0, cancellationToken).ConfigureAwait(false);
            using var source = await LoadAsync(item, cancellationToken).ConfigureAwait(false);
            if (item.File is not null && !selection.Selects(source))
                return ImportStep.NotSelected;
            if (!CleanManifests.IsOfServer(source))
                return await BringAsync(item, source, cancellationToken).ConfigureAwait(false);
            using var clean = manifests.Clean(source, out var leftOut);
            return clean is not null ? await BringAsync(item, clean, cancellationToken).ConfigureAwait(false) : new ImportStep(changes.Skipped(item, leftOut!));
        }
        catch (UpgradeException e)
        {
            return new ImportStep(changes.Failed(item, changes.FailureOf(item, e)) with
            {
                Verified = options.DryRun && e is KubernetesApiException { StatusCode: not 0 } ? ImportVerification.Server : null,
            });
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            return new ImportStep(changes.Failed(item, ImportFailures.Unreadable(item, e)));
        }
    }

    private static Task<KubernetesObject> LoadAsync(ImportItem item, CancellationToken cancellationToken) => item.Addition is { } addition
        ? Task.FromResult(KubernetesObject.Parse(addition.Json))
        : item.File!.LoadAsync(cancellationToken);

    private async Task<ImportStep> BringAsync(ImportItem item, KubernetesObject source, CancellationToken cancellationToken)
    {
        var (passed, ended) = await gate.LookAsync(item, source, cancellationToken).ConfigureAwait(false);
        return ended ?? await SendAsync(passed!, source, cancellationToken).ConfigureAwait(false);
    }

    private async Task<ImportStep> SendAsync(PassedObject passed, KubernetesObject source, CancellationToken cancellationToken)
    {
        using var arriving = arrival.Of(passed, source);
        var (workload, claims) = await arrival.HoldAsync(passed, arriving, cancellationToken).ConfigureAwait(false);
        if (passed.Judges is not { Failure: null, Pending: null })
            return await WithoutJudgesAsync(passed, source, arriving, workload, claims, cancellationToken).ConfigureAwait(false);
        var change = await write.WriteAsync(passed.Item, passed.Resource, workload, passed.Judges, cancellationToken).ConfigureAwait(false);
        change = await customResources.SettleAsync(passed.Item, passed.Resource, change, workload.Created, cancellationToken).ConfigureAwait(false);
        if (options.DryRun && passed.Resource is { Group: "admissionregistration.k8s.io" } && change.Action is ClusterConfigChangeAction.Created or ClusterConfigChangeAction.Updated)
            backEnds.Plan(arriving.Object);
        return new ImportStep(notes.On(change, passed, source, arriving, workload, claims));
    }

    // Who can't answer judges only what is written: of what is there as it is to be, or is left as it is, nothing is.
    private async Task<ImportStep> WithoutJudgesAsync(
        PassedObject passed, KubernetesObject source, ArrivingObject arriving, ImportWorkload workload, MissingClaims? claims, CancellationToken cancellationToken)
    {
        if (await write.SettledAsync(passed.Item, passed.Resource, workload, cancellationToken).ConfigureAwait(false) is { } settled)
            return new ImportStep(notes.On(settled, passed, source, arriving, workload, claims));
        return passed.Judges.Failure is { } notReady ? new ImportStep(changes.Failed(passed.Item, notReady)) : new ImportStep(null, passed.Judges.Pending);
    }
}
