using KonUpgrade.Model;

namespace KonUpgrade.Engine.Nodepools.Providers.Konstellation;

/// <summary>What keeps pools of Konstellation from being made, changed and removed.</summary>
internal static class KonstellationFailures
{
    public static Failure NotServed(string context) => new()
    {
        Id = "KonstellationNotInstalled",
        Kind = FailureKind.NotInstalled,
        Message = $"{context} has no Konstellation: it does not serve nodepools.k11n.dev.",
        Recommendation = "Leave -Provider out, or give the one that keeps its pools: EKS, or Labels.",
        Target = context,
    };

    public static Failure NameInvalid(string name) => new()
    {
        Id = "NodepoolNameInvalid",
        Kind = FailureKind.InvalidArgument,
        Message = $"A pool of Konstellation can't be called '{name}': it is an object of Kubernetes and a node group of EKS in one.",
        Recommendation = "Choose at most 63 small letters, digits and hyphens, the first and the last of them a letter or digit.",
        Target = name,
    };

    public static Failure Exists(string context, string name, bool hasGroup) => new()
    {
        Id = "NodepoolExists",
        Kind = FailureKind.AlreadyExists,
        Message = hasGroup
            ? $"{context} has a pool {name} of Konstellation already."
            : $"{context} has a Nodepool {name} already, whose node group is not there: kon makes it at this moment, or it is what is left of one.",
        Recommendation = hasGroup ? "Choose another name, or go on with the pool that is there." : $"Choose another name; or, where nobody is making it, take it away with Remove-Nodepool {name}.",
        Target = name,
    };

    public static Failure NoInstanceType(string name) => new()
    {
        Id = "NodepoolShapeIncomplete",
        Kind = FailureKind.InvalidArgument,
        Message = $"The instance type of {name} is not known: a Nodepool of Konstellation names one.",
        Recommendation = "Give -InstanceType, or a pool to copy with -Like.",
        Target = name,
    };

    public static Failure GroupMissing(string context, string name) => new()
    {
        Id = "NodepoolIncomplete",
        Kind = FailureKind.Incomplete,
        Message = $"The pool {name} of {context} is a Nodepool of Konstellation alone: EKS has no node group of its name.",
        Recommendation = $"Where its creation was interrupted, run the command that began it again. Otherwise take it away with Remove-Nodepool {name}, and make it anew.",
        Target = name,
    };

    public static Failure ObjectLeft(string context, string name) => new()
    {
        Id = "NodepoolNotGone",
        Kind = FailureKind.Timeout,
        Message = $"The node group {name} of {context} is gone, and its Nodepool of Konstellation is left: whoever removed the one did not remove the other.",
        Recommendation = $"Take it away with Remove-Nodepool {name}.",
        Target = name,
    };
}
