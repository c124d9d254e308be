using KonUpgrade.Engine.Configuration.Importing.Items;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests;
using KonUpgrade.Engine.Workloads;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Configuration.Importing.Target;

/// <summary>
/// Finds what is held behind a Service: for that nobody waits, since it comes when somebody resumes it. A webhook that asks
/// it would let nothing in that it judges, and comes when it can answer.
/// </summary>
internal sealed class HeldBackEnds(KubernetesClient client, TargetServices services, ImportLedger ledger, ImportOptions options)
{
    private static readonly string[] s_kinds = ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"];

    /// <summary>Why a configuration of webhooks is not brought now; null where nothing speaks against it.</summary>
    public async Task<string?> WhyNotNowAsync(ImportItem item, ApiResource resource, KubernetesObject source, CancellationToken cancellationToken)
    {
        if (resource is not { Group: "admissionregistration.k8s.io", Kind: "ValidatingWebhookConfiguration" or "MutatingWebhookConfiguration" })
            return null;
        foreach (var (ns, name) in ServicesOf(source))
        {
            if (await FindAsync(ns, name, cancellationToken).ConfigureAwait(false) is not { } holder)
                continue;
            using var live = await client.GetAsync(resource, null, item.Key.Name, cancellationToken).ConfigureAwait(false);
            // One that is there is somebody's choice.
            return live is not null ? null : $"It asks the Service {ns}/{name}, and {holder} is held: until that is resumed it would let nothing in that it judges. Import it again then.";
        }
        return null;
    }

    /// <summary>What is held behind a Service, in words for people; null where nothing is, or it can't be known.</summary>
    public async Task<string?> FindAsync(string @namespace, string name, CancellationToken cancellationToken)
    {
        if (services.Catalog.Find("", "v1", "Service") is not { } kind)
            return null;
        try
        {
            using var service = await client.GetAsync(kind, @namespace, name, cancellationToken).ConfigureAwait(false);
            if (service is null)
                return options.DryRun && options.Hold.HasFlag(WorkloadClass.Serving) && ledger.IsPlanned(new ObjectKey("", "Service", @namespace, name)) ? "what is behind it comes with this import and" : null;
            var selector = LabelSelector.OfLabels(service.Root.Member("spec").Member("selector"));
            // One without a selector has its endpoints from elsewhere.
            if (selector.IsEmpty)
                return null;
            foreach (var workload in s_kinds.Select(one => services.Catalog.FindPreferred("apps", one)).OfType<ApiResource>())
            {
                await foreach (var o in client.ListAsync(workload, new ListOptions { Namespace = @namespace }, cancellationToken).ConfigureAwait(false))
                {
                    using (o)
                    {
                        if (WorkloadHold.IsHeld(o) && selector.Matches(o.Root.Member("spec").Member("template").Member("metadata").Member("labels")))
                            return $"{o.Kind} {o.Name} behind it";
                    }
                }
            }
        }
        catch (KubernetesApiException e) when (e.StatusCode == 403)
        {
            // What may not be looked at is waited for like anything else.
        }
        return null;
    }

    // Those without whose answer the server refuses what they judge.
    private static IEnumerable<(string Namespace, string Name)> ServicesOf(KubernetesObject configuration) => configuration.Root.Objects("webhooks")
        .Where(webhook => webhook.Text("failurePolicy") != "Ignore")
        .Select(webhook => WebhookService.Of(webhook.Member("clientConfig")))
        .OfType<(string, string)>()
        .Distinct();
}
