using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Manifests.Descriptions;
using KonUpgrade.Engine.Manifests.Rules;

namespace KonUpgrade.Engine.Tests.Manifests.Rules;

public sealed class FieldRulesTests
{
    [Fact]
    public void What_the_server_keeps_about_an_object_is_dropped() => Same(
        new ClusterFieldsRule([]),
        """
        {"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","generateName":"a-","namespace":"b","uid":"1","resourceVersion":"2","generation":3,"creationTimestamp":"t",
         "deletionGracePeriodSeconds":0,"selfLink":"/x","managedFields":[{"manager":"m"}],"labels":{"uid":"kept"}},"data":{"status":"kept"},"status":{"x":1}}
        """,
        """{"apiVersion":"v1","data":{"status":"kept"},"kind":"ConfigMap","metadata":{"labels":{"uid":"kept"},"name":"a","namespace":"b"}}""");

    [Fact]
    public void A_generated_name_stays_where_there_is_no_other() => Same(
        new ClusterFieldsRule([]),
        """{"apiVersion":"v1","kind":"Pod","metadata":{"generateName":"a-"}}""",
        """{"apiVersion":"v1","kind":"Pod","metadata":{"generateName":"a-"}}""");

    [Fact]
    public void The_status_of_a_definition_goes_and_the_bundle_of_its_webhook_stays() => Same(
        new ClusterFieldsRule([]),
        """{"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"a"},"spec":{"conversion":{"webhook":{"clientConfig":{"caBundle":"Zm9v"}}}},"status":{"acceptedNames":{}}}""",
        """{"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"a"},"spec":{"conversion":{"webhook":{"clientConfig":{"caBundle":"Zm9v"}}}}}""");

    [Fact]
    public void A_definition_that_keeps_unknown_fields_says_so_as_version_1_takes_it() => Same(
        new PreserveUnknownFieldsRule(),
        """
        {"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"a"},"spec":{"preserveUnknownFields":true,"versions":[
         {"name":"v1","schema":{"openAPIV3Schema":{"type":"object","properties":{
           "metadata":{"type":"object","properties":{"name":{"type":"string"}}},
           "spec":{"type":"object","properties":{"list":{"type":"array","items":{"type":"object","properties":{"a":{"type":"string"}}}},"map":{"type":"object","additionalProperties":{"type":"object","properties":{"b":{"type":"string"}}}}}},
           "template":{"type":"object","x-kubernetes-embedded-resource":true,"properties":{"metadata":{"type":"object"}}}}}}},
         {"name":"v2"}]}}
        """,
        """
        {"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"a"},"spec":{"versions":[{"name":"v1","schema":{"openAPIV3Schema":{"properties":{
        "metadata":{"properties":{"name":{"type":"string"}},"type":"object"},
        "spec":{"properties":{"list":{"items":{"properties":{"a":{"type":"string"}},"type":"object","x-kubernetes-preserve-unknown-fields":true},"type":"array"},
        "map":{"additionalProperties":{"properties":{"b":{"type":"string"}},"type":"object","x-kubernetes-preserve-unknown-fields":true},"type":"object"}},"type":"object","x-kubernetes-preserve-unknown-fields":true},
        "template":{"properties":{"metadata":{"type":"object"}},"type":"object","x-kubernetes-embedded-resource":true,"x-kubernetes-preserve-unknown-fields":true}},
        "type":"object","x-kubernetes-preserve-unknown-fields":true}}},
        {"name":"v2","schema":{"openAPIV3Schema":{"type":"object","x-kubernetes-preserve-unknown-fields":true}}}]}}
        """.ReplaceLineEndings(""));

    [Fact]
    public void Other_definitions_stay_as_they_are() => Same(
        new PreserveUnknownFieldsRule(),
        """{"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"a"},"spec":{"versions":[{"name":"v1","schema":{"openAPIV3Schema":{"type":"object"}}}]}}""",
        """{"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"a"},"spec":{"versions":[{"name":"v1","schema":{"openAPIV3Schema":{"type":"object"}}}]}}""");

    [Fact]
    public void Owners_stay_by_name_and_lose_their_uids() => Same(
        new OwnerUidRule(),
        """{"apiVersion":"v1","kind":"A","metadata":{"ownerReferences":[{"apiVersion":"v1","kind":"B","name":"c","uid":"1"},{"kind":"D","name":"e","uid":"2","controller":true}]}}""",
        """{"apiVersion":"v1","kind":"A","metadata":{"ownerReferences":[{"apiVersion":"v1","kind":"B","name":"c"},{"controller":true,"kind":"D","name":"e"}]}}""");

    [Fact]
    public void Our_own_labels_and_annotations_are_dropped_and_no_others() => Same(
        new OwnAnnotationsRule(),
        """{"apiVersion":"v1","kind":"A","metadata":{"name":"konupgrade.dev","labels":{"konupgrade.dev/held":"1"},"annotations":{"konupgrade.dev/held":"1","x.konupgrade.dev/a":"2"}}}""",
        """{"apiVersion":"v1","kind":"A","metadata":{"annotations":{"x.konupgrade.dev/a":"2"},"name":"konupgrade.dev"}}""");

    [Theory]
    [InlineData("""["kubernetes.io/pvc-protection","example.com/mine","foregroundDeletion"]""", ""","finalizers":["example.com/mine"]""")]
    [InlineData("""["kubernetes.io/pv-protection"]""", "")]
    [InlineData("""["example.com/mine"]""", ""","finalizers":["example.com/mine"]""")]
    public void Finalizers_of_built_in_controllers_go_and_others_stay(string finalizers, string kept) => Same(
        new BuiltInFinalizersRule(),
        $$$"""{"apiVersion":"v1","kind":"A","metadata":{"a":"b","finalizers":{{{finalizers}}}}}""",
        $$$"""{"apiVersion":"v1","kind":"A","metadata":{"a":"b"{{{kept}}}}}""");

    [Fact]
    public void The_revision_of_a_deployment_is_dropped() => Same(
        new ControllerAnnotationsRule(),
        """{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"annotations":{"deployment.kubernetes.io/revision":"7"},"name":"a"}}""",
        """{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"a"}}""");

    [Fact]
    public void The_readings_of_an_autoscaler_are_dropped() => Same(
        new ControllerAnnotationsRule(),
        """{"apiVersion":"autoscaling/v1","kind":"HorizontalPodAutoscaler","metadata":{"annotations":{"a":"b","autoscaling.alpha.kubernetes.io/conditions":"[]"}}}""",
        """{"apiVersion":"autoscaling/v1","kind":"HorizontalPodAutoscaler","metadata":{"annotations":{"a":"b"}}}""");

    [Theory]
    [InlineData("apps/v1", "Deployment", "{\"template\":{\"metadata\":{\"creationTimestamp\":null,\"labels\":{}}}}", "{\"template\":{\"metadata\":{\"labels\":{}}}}")]
    [InlineData("apps/v1", "StatefulSet", "{\"volumeClaimTemplates\":[{\"metadata\":{\"creationTimestamp\":null,\"name\":\"d\"},\"status\":{\"phase\":\"Pending\"}}]}", "{\"volumeClaimTemplates\":[{\"metadata\":{\"name\":\"d\"}}]}")]
    [InlineData("batch/v1", "CronJob", "{\"jobTemplate\":{\"metadata\":{\"creationTimestamp\":null},\"spec\":{\"template\":{\"metadata\":{\"creationTimestamp\":null},\"x\":1}}}}", "{\"jobTemplate\":{\"spec\":{\"template\":{\"x\":1}}}}")]
    public void Empty_times_in_templates_are_dropped(string apiVersion, string kind, string spec, string expected) => Same(
        new TemplateTimesRule(),
        $"{{\"apiVersion\":\"{apiVersion}\",\"kind\":\"{kind}\",\"spec\":{spec}}}",
        $"{{\"apiVersion\":\"{apiVersion}\",\"kind\":\"{kind}\",\"spec\":{expected}}}");

    [Fact]
    public void A_namespace_loses_what_the_server_writes_into_each() => Same(
        new NamespaceRule(),
        """{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"shop","labels":{"kubernetes.io/metadata.name":"shop"}},"spec":{"finalizers":["kubernetes"]}}""",
        """{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"shop"}}""");

    [Fact]
    public void A_claim_loses_its_binding_and_keeps_its_mode() => Same(
        new PersistentVolumeClaimRule(),
        """
        {"apiVersion":"v1","kind":"PersistentVolumeClaim","metadata":{"name":"a","annotations":{"pv.kubernetes.io/bind-completed":"yes","pv.kubernetes.io/bound-by-controller":"yes",
         "volume.kubernetes.io/storage-provisioner":"x","volume.beta.kubernetes.io/storage-provisioner":"x","volume.kubernetes.io/selected-node":"n"}},"spec":{"volumeMode":"Block","volumeName":"pvc-1"}}
        """,
        """{"apiVersion":"v1","kind":"PersistentVolumeClaim","metadata":{"name":"a"},"spec":{"volumeMode":"Block"}}""");

    [Fact]
    public void A_volume_that_somebody_chose_for_a_claim_stays() => Same(
        new PersistentVolumeClaimRule(),
        """{"apiVersion":"v1","kind":"PersistentVolumeClaim","metadata":{"annotations":{"pv.kubernetes.io/bind-completed":"yes"},"name":"a"},"spec":{"volumeName":"mine"}}""",
        """{"apiVersion":"v1","kind":"PersistentVolumeClaim","metadata":{"name":"a"},"spec":{"volumeName":"mine"}}""");

    [Fact]
    public void A_volume_stays_meant_for_its_claim_by_name() => Same(
        new PersistentVolumeRule(),
        """{"apiVersion":"v1","kind":"PersistentVolume","metadata":{"annotations":{"pv.kubernetes.io/bound-by-controller":"yes","pv.kubernetes.io/provisioned-by":"x"}},"spec":{"claimRef":{"name":"a","namespace":"b","resourceVersion":"1","uid":"2"}}}""",
        """{"apiVersion":"v1","kind":"PersistentVolume","metadata":{"annotations":{"pv.kubernetes.io/provisioned-by":"x"}},"spec":{"claimRef":{"name":"a","namespace":"b"}}}""");

    [Fact]
    public void A_pod_loses_its_node_and_its_token() => Same(
        new PodRule(),
        """
        {"apiVersion":"v1","kind":"Pod","metadata":{"name":"a","annotations":{"cni.projectcalico.org/podIP":"1"}},"spec":{"nodeName":"n","priority":0,"priorityClassName":"p","serviceAccountName":"runner",
         "ephemeralContainers":[{"name":"debug"}],
         "volumes":[{"name":"data","emptyDir":{}},{"name":"kube-api-access-x2k4","projected":{}},{"name":"runner-token-1","secret":{}},{"name":"other-token-1","secret":{}}],
         "containers":[{"name":"c","volumeMounts":[{"name":"data","mountPath":"/d"},{"name":"kube-api-access-x2k4","mountPath":"/v"}]},{"name":"d","volumeMounts":[{"name":"runner-token-1","mountPath":"/v"}]}]}}
        """,
        """{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"},"spec":{"containers":[{"name":"c","volumeMounts":[{"mountPath":"/d","name":"data"}]},{"name":"d"}],"priorityClassName":"p","serviceAccountName":"runner","volumes":[{"emptyDir":{},"name":"data"},{"name":"other-token-1","secret":{}}]}}""");

    [Fact]
    public void A_job_loses_the_uid_in_its_labels_and_the_selector_made_of_it() => Same(
        new JobRule(),
        """
        {"apiVersion":"batch/v1","kind":"Job","metadata":{"labels":{"a":"b","controller-uid":"1"}},"spec":{"selector":{"matchLabels":{"batch.kubernetes.io/controller-uid":"1"}},
         "template":{"metadata":{"labels":{"batch.kubernetes.io/controller-uid":"1","controller-uid":"1","job-name":"x"}}}}}
        """,
        """{"apiVersion":"batch/v1","kind":"Job","metadata":{"labels":{"a":"b"}},"spec":{"template":{"metadata":{"labels":{"job-name":"x"}}}}}""");

    [Fact]
    public void A_selector_that_somebody_wrote_for_a_job_stays() => Same(
        new JobRule(),
        """{"apiVersion":"batch/v1","kind":"Job","metadata":{},"spec":{"manualSelector":true,"selector":{"matchLabels":{"controller-uid":"1"}}}}""",
        """{"apiVersion":"batch/v1","kind":"Job","metadata":{},"spec":{"manualSelector":true,"selector":{"matchLabels":{"controller-uid":"1"}}}}""");

    [Theory]
    [InlineData("""[{"name":"runner-token-abc12"},{"name":"registry"}]""", ""","secrets":[{"name":"registry"}]""")]
    [InlineData("""[{"name":"runner-token-abc12"}]""", "")]
    public void An_account_loses_the_tokens_that_the_cluster_made(string secrets, string kept) => Same(
        new ServiceAccountTokensRule(),
        $$$"""{"apiVersion":"v1","kind":"ServiceAccount","metadata":{"name":"runner"},"secrets":{{{secrets}}}}""",
        $$$"""{"apiVersion":"v1","kind":"ServiceAccount","metadata":{"name":"runner"}{{{kept}}}}""");

    [Fact]
    public void What_a_system_clears_is_dropped()
    {
        Assert.True(FieldPath.TryParse("metadata.annotations['example.com/hash']", out var hash));
        var rule = new SystemClearRule(new ClearFieldsRule { Kinds = ["App.example.com"], Fields = [hash] });

        Same(
            rule,
            """{"apiVersion":"example.com/v1","kind":"App","metadata":{"annotations":{"example.com/hash":"1"},"name":"a"}}""",
            """{"apiVersion":"example.com/v1","kind":"App","metadata":{"name":"a"}}""");
        Assert.False(rule.AppliesTo("other.com", "App"));
    }

    private static void Same(IManifestRule rule, string json, string expected) => Assert.Equal(expected, RuleResult.Of(rule, json).Json);
}
