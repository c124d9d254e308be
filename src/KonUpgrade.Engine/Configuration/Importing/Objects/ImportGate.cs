using KonUpgrade.Engine.ApiVersions;
using KonUpgrade.Engine.Configuration.Importing.Items;
using KonUpgrade.Engine.Configuration.Importing.Target;
using KonUpgrade.Engine.Configuration.Systems;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Configuration.Importing.Objects;

/// <summary>What is to be known of an object before it is written, and can keep it from being written.</summary>
internal sealed class ImportGate(
    TargetServices services, CustomResources customResources, ImportLedger ledger, IImportHook? hook, OutwardObjects outward, LonePods pods, OwnerLookup owners, MadeNamespaces namespaces, BackEnds backEnds, HeldBackEnds held, ImportChanges changes)
{
    /// <summary>Why an object can't be written, where that is known before it is even read.</summary>
    public Failure? WhyBlocked(ImportItem item) => ledger.WhyNoNamespace(item) ?? customResources.WhyNotServed(item);

    /// <summary>Looks at an object.</summary>
    /// <returns>The object with what was found, who judges it among that; or what became of it.</returns>
    public async Task<(PassedObject? Passed, ImportStep? Ended)> LookAsync(ImportItem item, KubernetesObject source, CancellationToken cancellationToken)
    {
        var verdict = item.File is not null && hook is not null && hook.Concerns(item.Key.Group, item.Key.Kind) ? hook.Judge(source) : ImportVerdict.Write;
        if (verdict.SkipReason is { } skip)
            return (null, new ImportStep(changes.Skipped(item, skip)));
        var choice = services.Choose(item);
        if ((verdict.Failure ?? WhyNotWritten(item, source, choice)) is { } failure)
            return (null, new ImportStep(changes.Failed(item, failure)));
        var resource = choice.Resource!;
        if (await namespaces.WhyNotAsync(item, cancellationToken).ConfigureAwait(false) is { } notMade)
            return (null, new ImportStep(changes.Failed(item, notMade)));
        var (outside, waits) = await outward.LookAsync(item, resource, source, cancellationToken).ConfigureAwait(false);
        if (waits is not null)
            return (null, new ImportStep(waits));
        if (await pods.LookAsync(item, resource, source, cancellationToken).ConfigureAwait(false) is { } alone)
            return (null, new ImportStep(alone));
        var (found, missing) = await owners.FindAsync(item, cancellationToken).ConfigureAwait(false);
        if (missing is not null)
            return (null, new ImportStep(changes.Failed(item, missing)));
        if (await held.WhyNotNowAsync(item, resource, source, cancellationToken).ConfigureAwait(false) is { } notNow)
            return (null, new ImportStep(changes.Skipped(item, notNow)));
        var judges = await backEnds.LookAsync(item, resource, source, cancellationToken).ConfigureAwait(false);
        return (new PassedObject(item, choice, verdict, found, judges, outside), null);
    }

    private static Failure? WhyNotWritten(ImportItem item, KubernetesObject source, VersionChoice choice)
    {
        if (choice.Resource is not { } resource)
            return ImportFailures.KindNotServed(item, choice.Refusal!);
        return resource.Namespaced && item.Key.Namespace is null ? ImportFailures.NoNamespace(item) : null;
    }
}
