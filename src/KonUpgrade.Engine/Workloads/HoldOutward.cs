namespace KonUpgrade.Engine.Workloads;

/// <summary>That a workload is held since it would act on the world outside its cluster, which another cluster still serves.</summary>
/// <param name="Kind">The word after <c>-AllowOutward</c> by which an import does not hold it.</param>
/// <param name="What">What it would do, as a clause: <c>it publishes names</c>.</param>
public sealed record HoldOutward(string Kind, string What)
{
    /// <summary>Why it is held, in words for people.</summary>
    public string Reason => $"it acts outside the cluster ({What})";
}
