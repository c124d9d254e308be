using KonUpgrade.Engine.Configuration.Cleaning;
using KonUpgrade.Engine.Configuration.Importing.Holding;
using KonUpgrade.Engine.Configuration.Importing.Items;
using KonUpgrade.Engine.Configuration.Importing.Objects;
using KonUpgrade.Engine.Configuration.Importing.Planning;
using KonUpgrade.Engine.Configuration.Importing.Target;
using KonUpgrade.Engine.Configuration.Systems;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Configuration.Importing;

/// <summary>The parts of one run through a plan, put together.</summary>
/// <param name="Import">Brings the objects in.</param>
/// <param name="CustomResources">The definitions of the import.</param>
/// <param name="BackEnds">Who judges objects on the target.</param>
/// <param name="References">What objects need by name.</param>
/// <param name="Changes">What is told of them.</param>
internal sealed record ImportParts(ObjectImport Import, CustomResources CustomResources, BackEnds BackEnds, MissingReferences References, ImportChanges Changes)
{
    /// <summary>The parts for a plan.</summary>
    public static ImportParts For(ImportPlan plan, ClusterConnection target, ImportOptions options, SemaphoreSlim writes, IReporter reporter)
    {
        var (client, services, ledger, means) = (target.Client, plan.Services, plan.Ledger, HoldRules.For(plan.System));
        var changes = new ImportChanges(target.Context.Name, plan.System);
        var waits = new TargetWaits(client, services, options);
        var planned = new PlannedKinds();
        var customResources = new CustomResources(services, waits, plan.Items, planned, options, reporter);
        var held = new HeldBackEnds(client, services, ledger, options);
        var backEnds = new BackEnds(client, services, waits, held, ledger, options, reporter);
        var owners = new OwnerLookup(client, services, ledger);
        var autoscaled = new Autoscaled(client, services, plan.Items, reporter);
        var names = new TargetNames(client, reporter);
        var references = new MissingReferences(names, ledger, changes.Target, reporter);
        var outward = new ImportOutward(OutwardRules.For(plan.System), options.AllowOutward, means, options.Hold, client, services, plan.Items, reporter);
        var hold = new ImportHold(means, options.Hold, options.Upgrade, TimeProvider.System);
        var ownership = new ImportOwnership(client, autoscaled, changes, options.Upgrade is not null, TimeProvider.System);
        var existing = new ExistingObjects(
            client, autoscaled, new TerminatingObjects(waits, changes, options), new HeldValues(client, autoscaled, options, TimeProvider.System), new ObjectApply(client, ownership, options), ownership, plan.Hook, ledger, changes, options);
        var unwritten = new UnwrittenObjects(hold, existing, changes, options);
        var import = new ObjectImport(
            plan.Selection,
            new CleanManifests(plan.System, SecretHandling.Include),
            new ImportGate(services, customResources, ledger, plan.Hook, new OutwardObjects(outward, hold, unwritten), new LonePods(unwritten, options, reporter), owners, new MadeNamespaces(client, waits, ledger, options, reporter), backEnds, held, changes),
            new ImportArrival(plan.Volumes, new ClaimLookup(plan.Volumes, names, ledger, changes.Target), references, hold, plan.System, options.Upgrade),
            new ObjectWrite(
                new ObjectCreation(client, ownership, customResources, ledger, changes, options),
                existing,
                new Quotas(client, services, reporter),
                new ImportPreview(client, changes, services, existing, ledger, planned),
                changes,
                writes,
                options),
            new ObjectNotes(owners, plan.System, options.DryRun),
            customResources,
            backEnds,
            changes,
            options);
        return new ImportParts(import, customResources, backEnds, references, changes);
    }
}
