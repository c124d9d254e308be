using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Configuration.Importing.Items;

/// <summary>What servers say of imported objects that hold what only some may see.</summary>
internal static class SensitiveFailures
{
    /// <summary>The failure without what the server said in words.</summary>
    public static Failure Of(UpgradeException exception, ImportItem item) =>
        UnquotedRefusal.Of(exception, item.ToString(), "Try to create the object by hand to see what the server says (kubectl create --dry-run=server).");
}
