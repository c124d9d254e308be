using KonUpgrade.Engine.Foundation.Texts;
using KonUpgrade.Engine.Manifests;
using KonUpgrade.Engine.Workloads;

namespace KonUpgrade.Engine.Configuration.Importing.Holding;

/// <summary>Claims that a workload needs and the target does not have.</summary>
/// <param name="Claims">The claims, at least one.</param>
/// <param name="Target">The target's name.</param>
internal sealed record MissingClaims(IReadOnlyList<ObjectKey> Claims, string Target)
{
    private const int Shown = 5;

    /// <summary>Why the workload must not run, in words for people.</summary>
    public string Reason
    {
        get
        {
            var some = NameList.Some([.. Claims.Select(claim => claim.Name)], Shown);
            return Claims.Count == 1
                ? $"its PersistentVolumeClaim {some} is not on {Target}, and an empty volume would shadow the data"
                : $"its PersistentVolumeClaims {some} are not on {Target}, and empty volumes would shadow the data";
        }
    }

    /// <summary>What must be there before it may run.</summary>
    public IReadOnlyList<HoldNeed> Needs => [.. Claims.Select(claim => new HoldNeed(claim.Kind, claim.Namespace, claim.Name))];
}
