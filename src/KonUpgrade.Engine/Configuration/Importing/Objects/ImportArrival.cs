using KonUpgrade.Engine.Configuration.Importing.Holding;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests.Descriptions;

namespace KonUpgrade.Engine.Configuration.Importing.Objects;

/// <summary>What of an object arrives, and whether it arrives held.</summary>
internal sealed class ImportArrival(ImportVolumes volumes, ClaimLookup claims, MissingReferences references, ImportHold hold, SystemDescription system, string? upgrade)
{
    /// <summary>The object in the form in which it arrives.</summary>
    public ArrivingObject Of(PassedObject passed, KubernetesObject source) => new(passed, source, volumes);

    /// <summary>Decides whether it arrives held, and takes note of what it needs.</summary>
    /// <returns>What is sent, and the claims that it lacks.</returns>
    public async Task<(ImportWorkload Workload, MissingClaims? Claims)> HoldAsync(PassedObject passed, ArrivingObject arriving, CancellationToken cancellationToken)
    {
        references.Learn(passed.Item, arriving.Object);
        var missing = await claims.MissingOfAsync(arriving.Object, cancellationToken).ConfigureAwait(false);
        var body = ImportBody.For(arriving.Object, passed.Resource.ApiVersion, passed.Owners);
        var workload = hold.Decide(passed.Resource, body, passed.Item.File?.Owner, HoldCause.Of(missing, passed.Item.Key.Kind, passed.Outside));
        // Sent where it is created, and never wanted of what is there: from then on it is the controller's.
        if (KindPattern.Matches(system.Export.KeepStatus, passed.Resource.Group, passed.Resource.Kind))
            workload = workload with { Created = ImportBody.WithStatusOf(arriving.Object, workload.Created) };
        return (upgrade is null ? workload : workload with { Created = ImportBody.MadeBy(upgrade, workload.Created) }, missing);
    }
}
