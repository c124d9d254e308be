using System.Text;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Readiness.Deprecations.Judging;
using KonUpgrade.Engine.Readiness.Deprecations.Live;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Tests.Readiness.Deprecations;

/// <summary>What the metadata of one object, and a server's metrics, tell of uses.</summary>
public sealed class ObjectUsesTests
{
    private const string Old = "batch/v1beta1";
    private const string New = "batch/v1";
    private const string Client = "kubectl-client-side-apply";

    /// <summary>Entries (manager, operation, version, hour), the version of the annotation or null, and what is found: evidence, client, hour.</summary>
    public static TheoryData<string, string?, string> Cases => new()
    {
        { "", null, "" },
        { "helm Update batch/v1 1", null, "" },
        { "helm Update batch/v1beta1 1", null, "ManagedFields helm 1" },
        // The same manager has written since in a version that stays.
        { "helm Update batch/v1beta1 1; helm Update batch/v1 2", null, "" },
        { "helm Update batch/v1beta1 1; helm Apply batch/v1 2", null, "" },
        // It did before, or somebody else did.
        { "helm Update batch/v1 1; helm Update batch/v1beta1 2", null, "ManagedFields helm 2" },
        { "helm Update batch/v1beta1 1; argocd Update batch/v1 2", null, "ManagedFields helm 1" },
        // Two entries of one manager are one use.
        { "helm Update batch/v1beta1 1; helm Update batch/v1beta1 3", null, "ManagedFields helm 3" },
        { "helm Update batch/v1beta1 1; argocd Apply batch/v1beta1 3", null, "ManagedFields helm 1; ManagedFields argocd 3" },
        // Kubernetes' own parts go to the new version with it.
        { "kube-controller-manager Update batch/v1beta1 1", null, "" },
        { "", Old, $"LastApplied {Client} -" },
        { "", New, "" },
        { "", "nonsense", "" },
        // The manager's entry says the same, and when.
        { $"{Client} Update batch/v1beta1 1", Old, $"ManagedFields {Client} 1" },
        { $"{Client} Update batch/v1beta1 1; {Client} Update batch/v1 2", Old, "" },
        // Applied since on the server's side, in a version that stays; or before.
        { "kubectl Apply batch/v1 2", Old, "" },
        { $"{Client} Update batch/v1beta1 3; kubectl Apply batch/v1 2", Old, $"ManagedFields {Client} 3" },
        { "helm Update batch/v1 2", Old, $"LastApplied {Client} -" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void What_was_fixed_since_is_no_finding(string entries, string? annotated, string found)
    {
        var fields = entries.Split("; ", StringSplitOptions.RemoveEmptyEntries).Select(entry => entry.Split(' '))
            .Select(e => $$$$$"""{"manager":"{{{{{e[0]}}}}}","operation":"{{{{{e[1]}}}}}","apiVersion":"{{{{{e[2]}}}}}","time":"2026-01-01T0{{{{{e[3]}}}}}:00:00Z","fieldsType":"FieldsV1","fieldsV1":{}}""");
        var applied = annotated switch
        {
            null => "{}",
            "nonsense" => """{"kubectl.kubernetes.io/last-applied-configuration":"{"}""",
            _ => $$$$$"""{"kubectl.kubernetes.io/last-applied-configuration":"{\"apiVersion\":\"{{{{{annotated}}}}}\",\"kind\":\"CronJob\"}\n"}""",
        };
        using var o = KubernetesObject.Parse(Encoding.UTF8.GetBytes(
            $$$$$"""{"metadata":{"name":"job","annotations":{{{{{applied}}}}},"managedFields":[{{{{{string.Join(',', fields)}}}}}]}}"""), "meta.k8s.io/v1", "PartialObjectMetadata");

        var uses = ObjectUses.Of(o, "CronJob", new ApiJudge(ApiTarget.Of(TargetVersion.Parse("1.25"))));

        Assert.Equal(found, string.Join("; ", uses.Select(use => $"{use.Evidence} {use.Client} {use.Time?.Hour.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "-"}")));
        Assert.All(uses, use => Assert.Equal((Old, "CronJob", DeprecatedApiSeverity.Removed), (use.ApiVersion, use.Kind, use.Verdict.Severity)));
    }

    [Fact]
    public void Metrics_tell_what_was_asked_for_how_often_and_since_when()
    {
        var metrics = new RequestMetrics();
        foreach (var line in """
            # HELP apiserver_request_total [STABLE] Counter of apiserver requests.
            # TYPE apiserver_request_total counter
            apiserver_request_total{code="200",component="apiserver",dry_run="",group="policy",resource="poddisruptionbudgets",scope="cluster",subresource="",verb="LIST",version="v1beta1"} 40
            apiserver_request_total{code="404",component="apiserver",dry_run="",group="policy",resource="poddisruptionbudgets",scope="resource",subresource="",verb="GET",version="v1beta1"} 1.5e+01
            apiserver_request_total{code="200",component="apiserver",dry_run="",group="policy",resource="poddisruptionbudgets",scope="cluster",subresource="",verb="LIST",version="v1"} 7
            apiserver_requested_deprecated_apis{group="policy",removed_release="1.25",resource="poddisruptionbudgets",subresource="",version="v1beta1"} 1
            apiserver_requested_deprecated_apis{group="odd",removed_release="",resource="a\"b\\c\nd,{}",subresource="",version="v1"} 1 1700000000000
            apiserver_requested_deprecated_apis{group="never",removed_release="",resource="x",subresource="",version="v1"} 0
            apiserver_requested_deprecated_apis{broken
            apiserver_requested_deprecated_apis_of_another{group="x"} 1
            process_start_time_seconds 1.7e+09
            """.Split('\n'))
        {
            metrics.Take(line);
        }

        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1_700_000_000), metrics.Since);
        Assert.Equal([("odd", "v1", "a\"b\\c\nd,{}", "", (long?)null), ("policy", "v1beta1", "poddisruptionbudgets", "1.25", 55L)], metrics.Deprecated);
    }

    [Theory]
    [InlineData("policy/v1beta1", "poddisruptionbudgets", "PodDisruptionBudget")]
    [InlineData("extensions/v1beta1", "ingresses", "Ingress")]
    [InlineData("extensions/v1beta1", "networkpolicies", "NetworkPolicy")]
    [InlineData("flowcontrol.apiserver.k8s.io/v1beta3", "flowschemas", "FlowSchema")]
    [InlineData("apps/v1", "deployments", null)]
    public void A_kind_is_known_by_its_resource(string apiVersion, string plural, string? kind) => Assert.Equal(kind, Plurals.KindOf(apiVersion, plural));
}
