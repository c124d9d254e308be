using KonUpgrade.Engine.Manifests.Descriptions;
using KonUpgrade.Engine.Manifests.Rules;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Tests.Manifests.Rules;

public sealed class LeaveOutRulesTests
{
    private static readonly SystemDescription s_shop = new() { Name = "Shop", Title = "Shop", Export = new() { LeaveOut = [new() { Kinds = ["TillState.shop.example.com"], ByKind = true, Reason = "Test." }] } };

    private const string Managed = ""","metadata":{"name":"a","managedFields":[{"manager":"kubectl","operation":"Update"}]}""";

    [Theory]
    [InlineData("v1", "Event")]
    [InlineData("events.k8s.io/v1", "Event")]
    [InlineData("v1", "Node")]
    [InlineData("storage.k8s.io/v1", "CSINode")]
    [InlineData("storage.k8s.io/v1", "VolumeAttachment")]
    [InlineData("coordination.k8s.io/v1", "Lease")]
    [InlineData("networking.k8s.io/v1", "IPAddress")]
    [InlineData("apps/v1", "ControllerRevision")]
    [InlineData("metrics.k8s.io/v1beta1", "PodMetrics")]
    public void Kinds_that_belong_to_a_cluster_stay_behind_and_are_counted(string apiVersion, string kind)
    {
        var result = RuleResult.Of(new ClusterKindsRule(), $$"""{"apiVersion":"{{apiVersion}}","kind":"{{kind}}"}""");

        Assert.NotNull(result.Reason);
        Assert.Equal(LeftOutGroup.WholeKind, result.Group);
    }

    [Theory]
    [InlineData("", "ConfigMap")]
    [InlineData("example.com", "Node")]
    [InlineData("apps", "Deployment")]
    public void Other_kinds_travel(string group, string kind) => Assert.False(new ClusterKindsRule().AppliesTo(group, kind));

    [Theory]
    [InlineData("""{"apiVersion":"v1","kind":"Endpoints","metadata":{"name":"a","managedFields":[{"manager":"kube-controller-manager"}]}}""")]
    [InlineData("""{"apiVersion":"v1","kind":"Endpoints","metadata":{"name":"a","annotations":{"endpoints.kubernetes.io/last-change-trigger-time":"t"}}}""")]
    [InlineData("""{"apiVersion":"v1","kind":"Endpoints","metadata":{"name":"kubernetes","namespace":"default","managedFields":[{"manager":"kube-apiserver"}]}}""")]
    [InlineData("""{"apiVersion":"discovery.k8s.io/v1","kind":"EndpointSlice","metadata":{"name":"a","labels":{"endpointslice.kubernetes.io/managed-by":"endpointslice-controller.k8s.io"}}}""")]
    public void Endpoints_that_a_controller_makes_are_counted(string json) =>
        Assert.Equal(LeftOutGroup.WholeKind, RuleResult.Of(new EndpointsRule(), json).Group);

    [Theory]
    [InlineData($$"""{"apiVersion":"v1","kind":"Endpoints"{{Managed}}}""")]
    [InlineData($$"""{"apiVersion":"discovery.k8s.io/v1","kind":"EndpointSlice"{{Managed}}}""")]
    public void Endpoints_written_by_hand_get_a_line_of_their_own(string json)
    {
        var result = RuleResult.Of(new EndpointsRule(), json);

        Assert.Contains("by hand", result.Reason, StringComparison.Ordinal);
        Assert.Null(result.Group);
    }

    [Theory]
    [InlineData("apps/v1", "ReplicaSet", "apps/v1", "Deployment", "Deployment.apps")]
    [InlineData("v1", "Pod", "apps/v1", "StatefulSet", "StatefulSet.apps")]
    [InlineData("v1", "Pod", "v1", "ReplicationController", "ReplicationController")]
    [InlineData("batch/v1", "Job", "batch/v1", "CronJob", "CronJob.batch")]
    [InlineData("example.com/v1", "Report", "apps/v1", "ReplicaSet", "ReplicaSet.apps")]
    [InlineData("v1", "Pod", "example.com/v1", "Runner", "Runner.example.com")]
    public void Children_of_controllers_are_counted_by_owner(string apiVersion, string kind, string ownerVersion, string ownerKind, string counted)
    {
        var result = RuleResult.Of(new ControllerChildRule(), Child(apiVersion, kind, ownerVersion, ownerKind));

        Assert.Equal(new LeftOutGroup(counted, "shop", "owner"), result.Group);
    }

    [Theory]
    [InlineData("example.com/v1", "Child", "example.com/v1", "Parent")]
    [InlineData("v1", "ConfigMap", "example.com/v1", "Parent")]
    [InlineData("v1", "ConfigMap", "apps/v1", "Deployment")]
    [InlineData("v1", "Service", "apps/v1", "StatefulSet")]
    [InlineData("example.com/v1", "Child", "batch/v1", "CronJob")]
    public void Children_of_other_controllers_travel(string apiVersion, string kind, string ownerVersion, string ownerKind) =>
        Assert.Null(RuleResult.Of(new ControllerChildRule(), Child(apiVersion, kind, ownerVersion, ownerKind)).Reason);

    [Fact]
    public void A_claim_of_a_stateful_set_travels() => Assert.False(new ControllerChildRule().AppliesTo("", "PersistentVolumeClaim"));

    [Fact]
    public void An_owner_that_does_not_manage_makes_nothing_anew() => Assert.Null(RuleResult.Of(
        new ControllerChildRule(),
        """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"ownerReferences":[{"apiVersion":"apps/v1","kind":"Deployment","name":"a"}]}}""").Reason);

    [Fact]
    public void What_is_being_deleted_stays_behind() => Assert.NotNull(RuleResult.Of(
        new TerminatingObjectRule(),
        """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"deletionTimestamp":"2026-01-01T00:00:00Z"}}""").Reason);

    [Theory]
    [InlineData("""{"apiVersion":"v1","kind":"Pod","metadata":{"annotations":{"kubernetes.io/config.mirror":"x"}}}""", true)]
    [InlineData("""{"apiVersion":"v1","kind":"Pod","metadata":{},"status":{"phase":"Succeeded"}}""", true)]
    [InlineData("""{"apiVersion":"v1","kind":"Pod","metadata":{},"status":{"phase":"Failed"}}""", true)]
    [InlineData("""{"apiVersion":"v1","kind":"Pod","metadata":{},"status":{"phase":"Running"}}""", false)]
    public void Mirror_pods_and_finished_ones_stay_behind(string json, bool stays) => Assert.Equal(stays, RuleResult.Of(new FinishedPodRule(), json).Reason is not null);

    [Theory]
    [InlineData("""{"completionTime":"2026-01-01T00:00:00Z"}""", true)]
    [InlineData("""{"conditions":[{"type":"Complete","status":"True"}]}""", true)]
    [InlineData("""{"conditions":[{"type":"Suspended","status":"False"},{"type":"Failed","status":"True"}]}""", true)]
    [InlineData("""{"conditions":[{"type":"Failed","status":"False"}],"active":1}""", false)]
    public void Finished_jobs_stay_behind(string status, bool stays) =>
        Assert.Equal(stays, RuleResult.Of(new FinishedJobRule(), $$$"""{"apiVersion":"batch/v1","kind":"Job","metadata":{},"status":{{{status}}}}""").Reason is not null);

    [Theory]
    [InlineData("kubernetes.io/service-account-token", "signs its own")]
    [InlineData("Opaque", "not exported")]
    public void Secrets_stay_behind_with_their_reason(string type, string reason) => Assert.Contains(
        reason, RuleResult.Of(new SecretRule(SecretHandling.Skip), $$"""{"apiVersion":"v1","kind":"Secret","metadata":{"name":"a"},"type":"{{type}}"}""").Reason, StringComparison.Ordinal);

    [Theory]
    [InlineData("""{"name":"db"}""", "not exported")]
    [InlineData("""{"name":"robot","annotations":{"kubernetes.io/service-account.name":"robot"}}""", "signs its own")]
    [InlineData("""{"name":"bootstrap-token-abcdef"}""", "nodes join")]
    [InlineData("""{"name":"sh.helm.release.v1.web.v1"}""", "release of Helm")]
    public void Of_secrets_of_which_only_the_metadata_is_known_the_reason_is_the_same(string metadata, string reason) => Assert.Contains(
        reason, RuleResult.Of(new SecretRule(SecretHandling.Skip), $$"""{"apiVersion":"v1","kind":"Secret","metadata":{{metadata}}}""").Reason, StringComparison.Ordinal);

    [Theory]
    [InlineData("""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"kube-root-ca.crt"}}""", true)]
    [InlineData("""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","annotations":{"control-plane.alpha.kubernetes.io/leader":"{}"}}}""", true)]
    [InlineData("""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"}}""", false)]
    [InlineData("""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"extension-apiserver-authentication","namespace":"kube-system"}}""", true)]
    [InlineData("""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"kube-apiserver-legacy-service-account-token-tracking","namespace":"kube-system"}}""", true)]
    [InlineData("""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"aws-auth","namespace":"kube-system"}}""", true)]
    [InlineData("""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"kubeadm-config","namespace":"kube-system"}}""", true)]
    [InlineData("""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"kubelet-config","namespace":"kube-system"}}""", true)]
    [InlineData("""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"kubelet-config-1.23","namespace":"kube-system"}}""", true)]
    [InlineData("""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"cluster-info","namespace":"kube-public"}}""", true)]
    [InlineData("""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"aws-auth","namespace":"shop"}}""", false)]
    [InlineData("""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"coredns-custom","namespace":"kube-system"}}""", false)]
    public void Config_maps_of_the_cluster_itself_stay_behind(string json, bool stays) => Assert.Equal(stays, RuleResult.Of(new ClusterConfigMapsRule(), json).Reason is not null);

    [Theory]
    [InlineData("""{"apiVersion":"v1","kind":"ServiceAccount","metadata":{"name":"default"}}""", true)]
    [InlineData("""{"apiVersion":"v1","kind":"ServiceAccount","metadata":{"name":"default"},"secrets":[{"name":"default-token-x"}]}""", true)]
    [InlineData("""{"apiVersion":"v1","kind":"ServiceAccount","metadata":{"name":"default"},"secrets":[{"name":"mine"}]}""", false)]
    [InlineData("""{"apiVersion":"v1","kind":"ServiceAccount","metadata":{"name":"default"},"imagePullSecrets":[{"name":"mine"}]}""", false)]
    [InlineData("""{"apiVersion":"v1","kind":"ServiceAccount","metadata":{"name":"default","annotations":{"eks.amazonaws.com/role-arn":"x"}}}""", false)]
    [InlineData("""{"apiVersion":"v1","kind":"ServiceAccount","metadata":{"name":"default"},"automountServiceAccountToken":false}""", false)]
    [InlineData("""{"apiVersion":"v1","kind":"ServiceAccount","metadata":{"name":"runner"}}""", false)]
    public void The_default_account_stays_behind_unless_somebody_added_to_it(string json, bool stays) =>
        Assert.Equal(stays, RuleResult.Of(new DefaultServiceAccountRule(), json).Reason is not null);

    [Theory]
    [InlineData("""{"kube-aggregator.kubernetes.io/automanaged":"onstart"}""", true)]
    [InlineData("""{"a":"b"}""", false)]
    public void Api_services_that_register_themselves_stay_behind(string labels, bool stays) => Assert.Equal(stays, RuleResult.Of(
        new AutoRegisteredApiServiceRule(),
        $$$"""{"apiVersion":"apiregistration.k8s.io/v1","kind":"APIService","metadata":{"labels":{{{labels}}}}}""").Reason is not null);

    [Theory]
    [InlineData("""{"name":"a","annotations":{"apf.kubernetes.io/autoupdate-spec":"true"}}""", true)]
    [InlineData("""{"name":"a","annotations":{"apf.kubernetes.io/autoupdate-spec":"false"}}""", false)]
    [InlineData("""{"name":"eks-exempt"}""", true)]
    public void Flow_control_that_updates_itself_stays_behind(string metadata, bool stays) => Assert.Equal(stays, RuleResult.Of(
        new AutoUpdatedFlowControlRule(),
        $$$"""{"apiVersion":"flowcontrol.apiserver.k8s.io/v1","kind":"FlowSchema","metadata":{{{metadata}}}}""").Reason is not null);

    [Theory]
    [InlineData("rbac.authorization.k8s.io/v1", "ClusterRole", """{"name":"admin","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"}}""", true)]
    [InlineData("rbac.authorization.k8s.io/v1", "ClusterRole", """{"name":"admin","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"},"annotations":{"rbac.authorization.kubernetes.io/autoupdate":"false"}}""", false)]
    [InlineData("rbac.authorization.k8s.io/v1", "ClusterRole", """{"name":"shop"}""", false)]
    [InlineData("scheduling.k8s.io/v1", "PriorityClass", """{"name":"system-node-critical"}""", true)]
    [InlineData("scheduling.k8s.io/v1", "PriorityClass", """{"name":"high"}""", false)]
    [InlineData("networking.k8s.io/v1", "ServiceCIDR", """{"name":"kubernetes"}""", true)]
    public void What_an_api_server_makes_at_its_start_stays_behind_and_is_counted(string apiVersion, string kind, string metadata, bool stays)
    {
        var result = RuleResult.Of(new BootstrapObjectsRule(), $$$"""{"apiVersion":"{{{apiVersion}}}","kind":"{{{kind}}}","metadata":{{{metadata}}}}""");

        Assert.Equal(stays, result.Reason is not null);
        Assert.Equal(stays ? LeftOutGroup.WholeKind : null, result.Group);
    }

    [Theory]
    [InlineData("v1", "Pod")]
    [InlineData("v1", "Node")]
    [InlineData("apps/v1", "ReplicaSet")]
    [InlineData("coordination.k8s.io/v1", "Lease")]
    [InlineData("shop.example.com/v1", "TillState")]
    public void What_belongs_to_something_that_stays_behind_stays_too(string apiVersion, string kind)
    {
        var result = RuleResult.OfAll($$$"""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"lock","namespace":"shop","ownerReferences":[{"apiVersion":"{{{apiVersion}}}","kind":"{{{kind}}}","name":"a-1"}]}}""", s_shop);

        Assert.Contains($"{kind} a-1", result.Reason, StringComparison.Ordinal);
        Assert.Null(result.Group);
    }

    [Theory]
    [InlineData("apps/v1", "Deployment")]
    [InlineData("shop.example.com/v1", "Pod")]
    [InlineData("shop.example.com/v1", "Till")]
    public void What_belongs_to_something_that_travels_travels(string apiVersion, string kind) => Assert.Null(RuleResult.OfAll(
        $$$"""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","namespace":"shop","ownerReferences":[{"apiVersion":"{{{apiVersion}}}","kind":"{{{kind}}}","name":"a-1"}]}}""", s_shop).Reason);

    [Fact]
    public void Of_several_owners_those_that_stay_are_dropped()
    {
        var result = RuleResult.OfAll("""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","ownerReferences":[{"apiVersion":"v1","kind":"Node","name":"n","uid":"1"},{"apiVersion":"apps/v1","kind":"Deployment","name":"web","uid":"2"}]}}""");

        Assert.Equal("""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","ownerReferences":[{"apiVersion":"apps/v1","kind":"Deployment","name":"web"}]}}""", result.Json);
    }

    [Theory]
    [InlineData("""{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"konupgrade"}}""", true)]
    [InlineData("""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"namespace":"konupgrade","name":"a"}}""", true)]
    [InlineData("""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"namespace":"shop","name":"konupgrade"}}""", false)]
    public void The_namespace_of_journals_stays_behind(string json, bool stays) => Assert.Equal(stays, RuleResult.Of(new JournalNamespaceRule(), json).Reason is not null);

    [Theory]
    [InlineData("kube-system", "coredns", "y", true)]
    [InlineData("kube-system", "coredns", "n", false)]
    [InlineData("kube-system", "other", "y", false)]
    [InlineData("shop", "coredns", "y", false)]
    public void What_a_system_names_stays_behind_when_everything_fits(string ns, string name, string label, bool stays)
    {
        var rule = new SystemLeaveOutRule(new LeaveOutRule
        {
            Kinds = ["ConfigMap", "App.example.com"],
            Namespaces = ["kube-*", "istio-system"],
            Names = ["core*"],
            Labels = new Dictionary<string, string> { ["l"] = "y*" },
            Reason = "Because.",
        });

        var result = RuleResult.Of(rule, $$$"""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"namespace":"{{{ns}}}","name":"{{{name}}}","labels":{"l":"{{{label}}}"} } }""");

        Assert.Equal(stays ? "Because." : null, result.Reason);
        Assert.False(rule.AppliesTo("other.com", "App"));
        Assert.True(rule.AppliesTo("example.com", "App"));
    }

    [Fact]
    public void A_namespace_rule_fits_the_namespace_itself()
    {
        var rule = new SystemLeaveOutRule(new LeaveOutRule { Namespaces = ["kube-system"], Reason = "Because." });

        Assert.NotNull(RuleResult.Of(rule, """{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"kube-system"}}""").Reason);
        Assert.Null(RuleResult.Of(rule, """{"apiVersion":"v1","kind":"Node","metadata":{"name":"kube-system"}}""").Reason);
    }

    [Fact]
    public void All_rules_together_leave_a_usual_deployment_as_its_owner_wrote_it() => Assert.Equal(
        """{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"labels":{"app":"web"},"name":"web","namespace":"shop"},"spec":{"replicas":2}}""",
        RuleResult.OfAll("""
            {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web","namespace":"shop","uid":"1","generation":4,"labels":{"app":"web"},"annotations":{"deployment.kubernetes.io/revision":"3"}},
             "spec":{"replicas":2},"status":{"replicas":2}}
            """).Json);

    private static string Child(string apiVersion, string kind, string ownerVersion, string ownerKind) =>
        $$"""
        {"apiVersion":"{{apiVersion}}","kind":"{{kind}}","metadata":{"namespace":"shop","name":"a","ownerReferences":[{"apiVersion":"{{ownerVersion}}","kind":"{{ownerKind}}","name":"owner","uid":"1","controller":true}]} }
        """;
}
