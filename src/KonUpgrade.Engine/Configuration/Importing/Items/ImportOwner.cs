using KonUpgrade.Engine.Kubernetes;

namespace KonUpgrade.Engine.Configuration.Importing.Items;

/// <summary>Under whose name an object is created.</summary>
internal static class ImportOwner
{
    /// <summary>The name for objects of which nobody knows an owner, and for every change of an object that is there.</summary>
    public const string Ours = OurFieldManager.Name;

    /// <summary>The manager that owns most of it on the source.</summary>
    public static string ManagerOf(ImportItem item) => item.File?.Owner?.Manager is { Length: > 0 } name ? name : Ours;
}
