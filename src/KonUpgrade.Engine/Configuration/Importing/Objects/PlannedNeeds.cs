using KonUpgrade.Engine.Configuration.Importing.Items;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests;

namespace KonUpgrade.Engine.Configuration.Importing.Objects;

/// <summary>
/// What a server looks up before it takes an object and, in a dry run, does not find, since it comes with the same import:
/// of a Pod its ServiceAccount and its classes. Other references are not looked at when an object is made.
/// </summary>
internal static class PlannedNeeds
{
    /// <summary>What is missing for the moment only; null where the server refuses for another reason.</summary>
    public static string? Of(ImportItem item, ReadOnlyMemory<byte> body, KubernetesApiException refusal, ImportLedger ledger)
    {
        if (refusal.StatusCode != 403 || item.Key is not { Group: "", Kind: "Pod" })
            return null;
        using var pod = KubernetesObject.Parse(body);
        var spec = pod.Root.Member("spec");
        var needs = new[]
        {
            new ObjectKey("", "ServiceAccount", item.Key.Namespace, spec.Text("serviceAccountName") ?? "default"),
            new ObjectKey("scheduling.k8s.io", "PriorityClass", null, spec.Text("priorityClassName") ?? ""),
            new ObjectKey("node.k8s.io", "RuntimeClass", null, spec.Text("runtimeClassName") ?? ""),
        };
        var planned = needs.Where(need => ledger.IsPlanned(need) && refusal.Failure.Message.Contains(need.Name, StringComparison.Ordinal)).ToList();
        return planned.Count == 0 ? null : $"Its {planned[0].Kind} {planned[0].Name} comes with this import.";
    }
}
