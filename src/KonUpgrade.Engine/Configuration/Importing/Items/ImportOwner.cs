using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Workloads;

namespace KonUpgrade.Engine.Configuration.Importing.Items;

/// <summary>Under whose name an object is created.</summary>
internal static class ImportOwner
{
    private static readonly HashSet<string> s_controllers = ["kube-controller-manager", "kube-apiserver", "kube-scheduler", "cloud-controller-manager", Ours];

    /// <summary>The name for objects of which nobody knows an owner, and for every change of an object that is there.</summary>
    public const string Ours = OurFieldManager.Name;

    /// <summary>The manager that owns most of it on the source.</summary>
    public static string ManagerOf(ImportItem item) => item.File?.Owner?.Manager is { Length: > 0 } name ? name : Ours;

    /// <summary>The manager and how it writes.</summary>
    public static FieldManager CreatorOf(ImportItem item) => new(ManagerOf(item), item.File?.Owner?.Operation == "Apply" ? "Apply" : "Update");

    /// <summary>
    /// What becomes of fields that others than the object's owner own on the source, and which the owner gets with the rest:
    /// what an applier owns and its manifest does not name, its next apply removes.
    /// </summary>
    /// <returns>Null where there are none, or where the owner has not applied it: an update removes nothing that it does not name.</returns>
    public static string? NoteOn(ImportItem item)
    {
        if (item.File?.Owner is not { Operation: "Apply", Manager: { Length: > 0 } owner })
            return null;
        // The cluster's own controllers write their fields again.
        var others = item.File.OtherOwners.Select(o => o.Manager).Where(name => name.Length > 0 && name != owner && !s_controllers.Contains(name)).Distinct().ToList();
        return others.Count == 0 ? null : $"Beware: {owner} owns here what {string.Join(", ", others)} wrote on the source, and its next apply removes what its manifest does not name.";
    }
}
