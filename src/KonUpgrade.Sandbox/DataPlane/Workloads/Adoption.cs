using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Api;
using KonUpgrade.Sandbox.DataPlane.Caches;
using KonUpgrade.Sandbox.DataPlane.Work;

namespace KonUpgrade.Sandbox.DataPlane.Workloads;

/// <summary>What a controller selects and nobody controls becomes its own.</summary>
internal static class Adoption
{
    /// <summary>Takes the orphans; true when there were any, which then come as changes.</summary>
    public static bool Adopt<TView>(PlaneContext plane, ItemView owner, ApiResource ownerKind, ObjectCache<TView> among, Func<TView, bool> also)
        where TView : ObjectView
    {
        if (owner.Terminating || owner.Selector.IsNothing) return false;
        TView[] orphans = [.. among.InNamespace(owner.Namespace).Where(view => view is { Controller: null, Terminating: false } && owner.Selector.Matches(view.Labels) && also(view))];
        bool any = false;
        foreach (TView orphan in orphans)
        {
            any |= plane.Writes.Change(among.Kind, orphan, item =>
            {
                JsonObject metadata = Metadata.Of(item);
                if (Metadata.OwnerReferences(item).Any(reference => Fields.Flag(reference, "controller"))) return false;
                if (metadata["ownerReferences"] is not JsonArray owners) metadata["ownerReferences"] = owners = [];
                owners.Add((JsonNode)PodTemplates.Owner(owner, ownerKind));
                return true;
            });
        }
        return any;
    }
}
