using System.Globalization;
using KonUpgrade.Engine.Foundation.Texts;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Nodepools.Moving;

/// <summary>What can keep a pool from being moved.</summary>
internal static class MoveFailures
{
    private const string Again = "Then run the same command again: it carries on.";

    public static Failure NotOffered(Nodepool old) => new()
    {
        Id = "NodepoolNotKept",
        Kind = FailureKind.NotSupported,
        Message = $"{old.Provider} does not make or remove pools like {old.Name}: it can't be moved.",
        Recommendation = "Make the new nodes by what made the old ones, then take the old ones out of use with Suspend-Nodepool.",
        Target = old.Name,
    };

    public static Failure NameTaken(string context, Nodepool taken, Nodepool old) => new()
    {
        Id = "NodepoolExists",
        Kind = FailureKind.AlreadyExists,
        Message = $"{context} has a pool {taken.Name} already, and its tag {MoveMark.Tag} does not say that it replaces {old.Name}.",
        Recommendation = $"Choose another name with -NewName. Where {taken.Name} is to do the work of {old.Name}, take the old one out of use with Suspend-Nodepool and remove it with Remove-Nodepool.",
        Target = taken.Name,
    };

    public static Failure Several(Nodepool old, IReadOnlyList<Nodepool> pools) => new()
    {
        Id = "NodepoolAmbiguous",
        Kind = FailureKind.Conflict,
        Message = $"{NameList.Some([.. pools.Select(pool => pool.Name)])} all say by their tag {MoveMark.Tag} that they replace {old.Name}.",
        Recommendation = $"Say with -NewName which one does, or take the tag off those that do not.",
        Target = old.Name,
    };

    public static Failure NotSeen(string name, string provider) => new()
    {
        Id = "NodepoolNotSeen",
        Kind = FailureKind.Unavailable,
        Message = $"{provider} took the order to make the pool {name}, and does not show it.",
        Recommendation = "Run the same command again in some minutes; the order is known again by its token and not carried out twice.",
        Target = name,
    };

    /// <summary>The new pool could not be made.</summary>
    public static Failure NotMade(Nodepool old, Failure why) => why with
    {
        Message = $"{why.Message.TrimEnd('.')}. {StateOf(old)}",
        Recommendation = $"{why.Recommendation} {Again}".TrimStart(),
    };

    /// <summary>The new pool did not become ready.</summary>
    public static Failure NotReady(Nodepool old, string name, Failure why) => why with
    {
        Id = "NodepoolNotReady",
        Message = $"{name}, which is to replace {old.Name}, is not ready: {why.Message} {StateOf(old)}",
        Recommendation = IsForGood(why)
            ? $"{why.Recommendation} Remove what was made of it (Remove-Nodepool {name} -NoDrain), then run the command again: it makes a new one.".TrimStart()
            : $"{why.Recommendation} {Again}".TrimStart(),
        Target = name,
    };

    /// <summary>Whether a pool that did not become ready never will.</summary>
    public static bool IsForGood(Failure why) => why.Kind is FailureKind.Incomplete;

    public static Failure Homeless(Nodepool old, string name, IReadOnlyList<DrainedPod> pods) => new()
    {
        Id = "PodsWithoutPlace",
        Kind = FailureKind.Refused,
        Message = string.Create(
            CultureInfo.InvariantCulture,
            $"{pods.Count} pods of {old.Name} would find no place on the nodes that stay, those of {name} among them: {NameList.Some([.. pods.Select(pod => $"{pod} ({pod.PlaceReason?.TrimEnd('.')})")])}. {StateOf(old)}"),
        Recommendation = $"Make room, or change what keeps them off (labels, taints, nodeSelector); or allow it with -AllowPending, where nodes for them come by themselves. {Again}",
        Target = old.Name,
    };

    public static Failure NotDrained(NodepoolChange drain, string name) => (drain.Failure ?? Unknown(drain)) with
    {
        Message = $"{drain.Name} is not drained: {drain.Failure?.Message} Both pools stay; {Left(drain)}, and {name} is ready.",
        Recommendation = $"{drain.Failure?.Recommendation} Run the same command again: it carries on.".TrimStart(),
    };

    public static Failure NotAvailable(Nodepool old, IReadOnlyList<string> lacking, TimeSpan timeout) => new()
    {
        Id = "WorkloadsNotAvailable",
        Kind = FailureKind.Timeout,
        Message = string.Create(CultureInfo.InvariantCulture, $"Not all workloads that ran on {old.Name} are available again within {timeout}: {NameList.Some(lacking)}. {old.Name} stays, cordoned and drained."),
        Recommendation = $"Look at their pods (kubectl describe). {Again} Where they are as they should be, remove the old pool with Remove-Nodepool.",
        Target = old.Name,
    };

    public static Failure NotEmpty(Nodepool old, IReadOnlyList<string> left) => new()
    {
        Id = "NodepoolNotEmpty",
        Kind = FailureKind.Refused,
        Message = $"{old.Name} is not removed, since on it is still what would end with it: {NameList.Some(left)}.",
        Recommendation = $"Look where they come from, and drain or end them. {Again}",
        Target = old.Name,
    };

    private static string Left(NodepoolChange drain) =>
        drain.Action == NodepoolChangeAction.Restored ? $"{drain.Name} takes pods again"
        : drain.Nodes.Count == 0 ? $"{drain.Name} was not touched"
        : $"what is left on {drain.Name} runs on, cordoned";

    private static string StateOf(Nodepool old) => old.Nodes.Any(node => node.IsSuspended)
        ? $"{old.Name} stays as an earlier run left it, {old.CordonedCount} of its nodes cordoned; Resume-Nodepool gives them back."
        : $"{old.Name} is as it was: nothing of it was touched.";

    private static Failure Unknown(NodepoolChange drain) => new() { Id = "DrainIncomplete", Kind = FailureKind.Incomplete, Message = "", Target = drain.Name };
}
