using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Configuration.Selecting;

/// <summary>What can go wrong while the objects of a selection are read from a cluster.</summary>
internal static class SelectionFailures
{
    /// <summary>Whether it is no failure that a kind could not be listed: nothing of it travels, and the login may not know what there is.</summary>
    public static bool IsOnlyUntold(KindPlan kind, UpgradeException exception) => kind.IsToldOnly && exception is KubernetesApiException { StatusCode: 403 };

    /// <summary>That nobody can tell what stays behind.</summary>
    public static string Untold(KindPlan kind, UpgradeException exception) =>
        $"Which {kind.Resource.Kind}s there are can't be told. None of them travels unless that is asked for (-Secret); what needs one on the target gets it there. {exception.Failure.Message}";

    /// <summary>An object with a field that can't be read.</summary>
    /// <param name="o">The object.</param>
    /// <param name="exception">What was found; null where it could quote what nobody may see.</param>
    public static Failure OddObject(KubernetesObject o, Exception? exception) => new()
    {
        Id = "ObjectNotUnderstood",
        Kind = FailureKind.InvalidData,
        Message = $"{o} was not exported: a field of it is not what its kind promises{(exception is null ? "." : $": {exception.Message}")}",
        Recommendation = "Look at the object (kubectl get -o json) and put it right.",
        Target = o.ToString(),
    };
}
