using KonUpgrade.Model;

namespace KonUpgrade.Engine.Configuration.Importing.Objects;

/// <summary>How far an object has come.</summary>
/// <param name="Change">What became of it; null where it is not final, or not selected.</param>
/// <param name="Pending">What it waits for; when that ends it is to be tried again. Null where it waits for nothing.</param>
internal sealed record ImportStep(ClusterConfigChange? Change, Task? Pending = null)
{
    /// <summary>An object that the selection's labels leave out.</summary>
    public static ImportStep NotSelected { get; } = new((ClusterConfigChange?)null);
}
