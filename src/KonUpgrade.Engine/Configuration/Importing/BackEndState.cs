using KonUpgrade.Model;

namespace KonUpgrade.Engine.Configuration.Importing;

/// <summary>How the back ends stand that judge an object.</summary>
/// <param name="Failure">Why the object can't be written, or null.</param>
/// <param name="Pending">Ends when more is known of a back end that is not ready yet; null where nothing is waited for.</param>
internal sealed record BackEndState(Failure? Failure, Task? Pending)
{
    /// <summary>All are ready, or there are none.</summary>
    public static BackEndState Ready { get; } = new(null, null);
}
