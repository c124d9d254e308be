using KonUpgrade.Model;

namespace KonUpgrade.Engine.Configuration.Importing.Target;

/// <summary>How the back ends stand that judge an object.</summary>
/// <param name="Failure">Why the object can't be written, or null.</param>
/// <param name="Pending">Ends when more is known of a back end that is not ready yet; null where nothing is waited for.</param>
internal sealed record BackEndState(Failure? Failure, Task? Pending)
{
    /// <summary>In a dry run, who will judge the object and can't be asked now, in words for people; null where nobody.</summary>
    public string? Absent { get; init; }

    /// <summary>Whether the server may be asked all the same: it does not know of the one who is absent.</summary>
    public bool MayTry { get; init; } = true;

    /// <summary>All are ready, or there are none.</summary>
    public static BackEndState Ready { get; } = new(null, null);
}
