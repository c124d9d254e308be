using Amazon;
using KonUpgrade.Engine.Kubernetes;

namespace KonUpgrade.Engine.Systems.Konstellation;

/// <summary>
/// A CertificateRef stands for a certificate in ACM, which load balancers of its own account and region alone can use.
/// </summary>
internal static class CertificateRefs
{
    private const string Remedy = "Run 'kon certificate sync' on the target: it makes the ones that the target's own account and region have.";

    /// <summary>Why a CertificateRef is of no use on a cluster, or null.</summary>
    public static string? WhyNot(KubernetesObject certificateRef, KonstellationCluster? target)
    {
        var spec = certificateRef.Root.Member("spec");
        var id = spec.Text("providerId") ?? "";
        if (!Arn.TryParse(id, out var arn) || arn.Service != "acm")
            return $"spec.providerId '{id}' is not the ARN of an ACM certificate. {Remedy}";
        if (target?.Region is null || target.AccountId is null)
            return $"The target's account and region are not known (its ClusterConfig does not tell), so nobody can say whether its load balancers could use {id}. {Remedy}";
        if (arn.AccountId != target.AccountId)
            return $"The certificate is in account {arn.AccountId}, the target in {target.AccountId}. {Remedy}";
        if (arn.Region != target.Region)
            return $"The certificate is in {arn.Region}, the target in {target.Region}. {Remedy}";
        return null;
    }
}
