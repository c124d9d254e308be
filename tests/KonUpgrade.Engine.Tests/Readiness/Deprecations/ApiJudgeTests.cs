using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Readiness.Deprecations.Judging;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Tests.Readiness.Deprecations;

/// <summary>What is said of versions for targets.</summary>
public sealed class ApiJudgeTests
{
    [Theory]
    [InlineData("1.21", "extensions/v1beta1", "Ingress", DeprecatedApiSeverity.Deprecated, "networking.k8s.io/v1", true)]
    [InlineData("1.22", "extensions/v1beta1", "Ingress", DeprecatedApiSeverity.Removed, "networking.k8s.io/v1", true)]
    [InlineData("1.13", "extensions/v1beta1", "Ingress", DeprecatedApiSeverity.Announced, null, false)]
    [InlineData("1.25", "policy/v1beta1", "PodSecurityPolicy", DeprecatedApiSeverity.Removed, null, false)]
    [InlineData("1.24", "autoscaling/v2beta1", "HorizontalPodAutoscaler", DeprecatedApiSeverity.Deprecated, "autoscaling/v2", true)]
    [InlineData("1.36", "resource.k8s.io/v1beta1", "ResourceClaim", DeprecatedApiSeverity.Deprecated, "resource.k8s.io/v1", false)]
    [InlineData("1.36", "storagemigration.k8s.io/v1beta1", "StorageVersionMigration", DeprecatedApiSeverity.Announced, null, false)]
    public void A_version_of_Kubernetes_is_judged_by_the_table(
        string target, string apiVersion, string kind, DeprecatedApiSeverity severity, string? replacement, bool convertible)
    {
        var verdict = new ApiJudge(ApiTarget.Of(TargetVersion.Parse(target))).Of(apiVersion, kind);
        Assert.NotNull(verdict);
        Assert.Equal((severity, replacement, convertible), (verdict.Severity, verdict.Replacement, verdict.Convertible));
        Assert.NotNull(verdict.RemovedIn);
        Assert.NotNull(verdict.DeprecatedIn);
    }

    [Theory]
    [InlineData("1.32", "Endpoints", DeprecatedApiSeverity.Announced)]
    [InlineData("1.33", "Endpoints", DeprecatedApiSeverity.Deprecated)]
    [InlineData("1.99", "Endpoints", DeprecatedApiSeverity.Deprecated)]
    [InlineData("1.36", "ComponentStatus", DeprecatedApiSeverity.Deprecated)]
    public void What_is_deprecated_without_an_end_is_never_said_to_be_gone(string target, string kind, DeprecatedApiSeverity severity)
    {
        var verdict = new ApiJudge(ApiTarget.Of(TargetVersion.Parse(target))).Of("v1", kind);
        Assert.NotNull(verdict);
        Assert.Equal((severity, null, null), (verdict.Severity, verdict.RemovedIn, verdict.Replacement));
        Assert.NotNull(verdict.Remedy);
    }

    [Theory]
    [InlineData("apps/v1", "Deployment")]
    [InlineData("v1", "ConfigMap")]
    [InlineData("v1", "List")]
    [InlineData("shop.example.com/v1alpha1", "Cart")]
    [InlineData("kustomize.config.k8s.io/v1beta1", "Kustomization")]
    public void Nothing_is_said_of_what_stays_and_of_what_nobody_knows(string apiVersion, string kind) =>
        Assert.Null(new ApiJudge(ApiTarget.Newest).Of(apiVersion, kind));

    [Theory]
    // Served, whatever the table says.
    [InlineData("networking.k8s.io/v1beta1", "Ingress", DeprecatedApiSeverity.Deprecated, "networking.k8s.io/v1")]
    // Moved to another group.
    [InlineData("extensions/v1beta1", "Ingress", DeprecatedApiSeverity.Removed, "networking.k8s.io/v1")]
    // Known in no version at all: the table speaks.
    [InlineData("policy/v1beta1", "PodSecurityPolicy", DeprecatedApiSeverity.Removed, null)]
    // Neither in the table nor served, but in another version.
    [InlineData("shop.example.com/v1alpha1", "Cart", DeprecatedApiSeverity.Removed, "shop.example.com/v1")]
    [InlineData("apps/v9", "Deployment", DeprecatedApiSeverity.Removed, "apps/v1")]
    // Its group did not answer: the table speaks.
    [InlineData("batch/v1beta1", "CronJob", DeprecatedApiSeverity.Removed, "batch/v1")]
    public void A_cluster_is_judged_by_what_it_serves(string apiVersion, string kind, DeprecatedApiSeverity severity, string? replacement)
    {
        var verdict = Green().Of(apiVersion, kind);
        Assert.NotNull(verdict);
        Assert.Equal((severity, replacement), (verdict.Severity, verdict.Replacement));
    }

    [Theory]
    [InlineData("shop.example.com/v1", "Cart", false)]
    [InlineData("shop.example.com/v1", "Basket", true)]
    [InlineData("batch/v1", "CronJob", false)]
    [InlineData("v1", "List", false)]
    [InlineData("admission.k8s.io/v1", "AdmissionReview", true)]
    public void Nothing_is_said_of_what_a_cluster_serves_and_of_what_it_knows_nothing_of(string apiVersion, string kind, bool isUnknown)
    {
        Assert.Null(Green().Of(apiVersion, kind));
        Assert.Equal(isUnknown, Green().IsUnknownCustom(apiVersion, kind));
    }

    [Theory]
    [InlineData("", DeprecatedApiSeverity.Deprecated)]
    [InlineData("1.33", DeprecatedApiSeverity.Removed)]
    [InlineData("1.35", DeprecatedApiSeverity.Deprecated)]
    public void What_a_server_says_itself_counts_where_nothing_else_is_known(string removedIn, DeprecatedApiSeverity severity) =>
        Assert.Equal(severity, new ApiJudge(ApiTarget.Of(TargetVersion.Parse("1.34"))).Told(removedIn).Severity);

    private static ApiJudge Green()
    {
        ApiResource Of(string group, string version, string kind) => new() { Group = group, Version = version, Kind = kind, Plural = kind.ToLowerInvariant() + "s", Namespaced = true };
        var catalog = new ApiCatalog(
            [Of("", "v1", "ConfigMap"), Of("apps", "v1", "Deployment"), Of("networking.k8s.io", "v1", "Ingress"), Of("networking.k8s.io", "v1beta1", "Ingress"), Of("shop.example.com", "v1", "Cart")],
            [new Failure { Id = "GroupDiscoveryFailed", Kind = FailureKind.Unavailable, Message = "", Target = "batch/v1" }]);
        return new ApiJudge(ApiTarget.Cluster("green", new ServerVersion(1, 34, "v1.34.0"), catalog));
    }
}
