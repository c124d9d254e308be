using System.Text.Json;
using KonUpgrade.Engine.Configuration.Importing.Items;
using KonUpgrade.Engine.Configuration.Importing.Target;
using KonUpgrade.Engine.Configuration.Systems;
using KonUpgrade.Engine.Foundation.Streams;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests;
using KonUpgrade.Engine.Manifests.Descriptions;
using KonUpgrade.Engine.Workloads;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Configuration.Importing.Holding;

/// <summary>
/// What of an import acts on the world outside the cluster, which another cluster still serves: it waits until its kind is
/// allowed. Some rules count only where their reader runs (external-dns): on the target, or in this import where its kind
/// is allowed, since otherwise it arrives held.
/// </summary>
internal sealed class ImportOutward
{
    private static readonly (string Group, string Kind)[] s_readers = [("apps", "Deployment"), ("apps", "StatefulSet"), ("apps", "DaemonSet")];
    private readonly IReadOnlyList<SystemOutward> _rules;
    private readonly IReadOnlyList<string> _allowed;
    private readonly ReadOnce<HashSet<string>> _running;

    private readonly IReadOnlyList<HoldMeans> _means;
    private readonly WorkloadClass _held;

    /// <param name="rules">What acts outside.</param>
    /// <param name="allowed">The kinds that are allowed to.</param>
    /// <param name="means">By what workloads are held.</param>
    /// <param name="held">The classes that arrive held.</param>
    /// <param name="client">The target.</param>
    /// <param name="services">What it serves.</param>
    /// <param name="items">What is imported.</param>
    /// <param name="reporter">Takes warnings.</param>
    public ImportOutward(
        IReadOnlyList<SystemOutward> rules, IReadOnlyList<string> allowed, IReadOnlyList<HoldMeans> means, WorkloadClass held, KubernetesClient client, TargetServices services, IReadOnlyList<ImportItem> items, IReporter reporter)
    {
        _rules = rules;
        _allowed = allowed;
        _means = means;
        _held = held;
        _running = new ReadOnce<HashSet<string>>(token => ReadAsync(client, services, items, reporter, token));
    }

    /// <summary>Why an object waits; null where nothing speaks against it.</summary>
    public async Task<string?> WhyNotAsync(ApiResource resource, KubernetesObject o, CancellationToken cancellationToken)
    {
        if (Allows(resource.Group, resource.Kind))
            return null;
        foreach (var rule in _rules)
        {
            if (rule.Fits(resource.Group, resource.Kind, o) && (rule.ReadBy.Count == 0 || await RunsAsync(rule.ReadBy, cancellationToken).ConfigureAwait(false)))
                return rule.Reason;
        }
        return null;
    }

    private bool Allows(string group, string kind) => OutwardRules.Allows(_allowed, group, kind);

    private async Task<bool> RunsAsync(IReadOnlyList<string> images, CancellationToken cancellationToken)
    {
        var running = await _running.GetAsync(cancellationToken).ConfigureAwait(false);
        return running.Contains("*") || running.Any(image => TextPattern.Matches(images, image));
    }

    // Read when the first object comes by for which it matters. Where it may not be asked, every reader may run.
    private async Task<HashSet<string>> ReadAsync(
        KubernetesClient client, TargetServices services, IReadOnlyList<ImportItem> items, IReporter reporter, CancellationToken cancellationToken)
    {
        var images = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (group, kind) in s_readers)
        {
            if (services.Catalog.FindPreferred(group, kind) is not { } resource || _means.FirstOrDefault(m => m.Group == group && m.Kind == kind) is not { } means)
                continue;
            var there = new HashSet<ObjectKey>();
            try
            {
                await foreach (var o in client.ListAsync(resource, ListOptions.All, cancellationToken).ConfigureAwait(false))
                {
                    using (o)
                    {
                        there.Add(new ObjectKey(group, kind, o.Namespace, o.Name));
                        Add(images, o, means);
                    }
                }
            }
            catch (KubernetesApiException e) when (e.StatusCode == 403)
            {
                reporter.Warning($"What runs on {client.Target} is not known, so external-dns is taken to be there: {e.Failure.Message}");
                images.Add("*");
            }
            // One that is there is neither started nor held by an import: what it is there counts.
            foreach (var item in items.Where(i => i.File is not null && i.Key.Group == group && i.Key.Kind == kind && Allows(group, kind) && !there.Contains(i.Key)))
            {
                try
                {
                    using var o = await item.File!.LoadAsync(cancellationToken).ConfigureAwait(false);
                    if ((_held & means.Class) == 0 || WorkloadHold.Hold(o, means, new HoldRequest(DateTimeOffset.UnixEpoch)).Outcome != HoldOutcome.Held)
                        Add(images, o, means);
                }
                catch (Exception e) when (e is UpgradeException or IOException or UnauthorizedAccessException or JsonException)
                {
                    // It can't be brought in either, which is said when its turn comes.
                }
            }
        }
        return images;
    }

    // What is held does not run, and neither does what somebody else has brought to rest.
    private static void Add(HashSet<string> images, KubernetesObject workload, HoldMeans means)
    {
        if (!WorkloadHold.Rests(workload, means))
            images.UnionWith(SystemOutward.ImagesOf(workload));
    }
}
