using System.Text;
using System.Text.Json;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests.Descriptions;
using KonUpgrade.Engine.Manifests.Ordering;
using KonUpgrade.Engine.Manifests.Rules;
using KonUpgrade.Engine.Systems;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Tests.Systems;

/// <summary>What of a Kubeflow travels, kind by kind.</summary>
public sealed class KubeflowRulesTests
{
    private const string OfProfile = ",\"ownerReferences\":[{\"apiVersion\":\"kubeflow.org/v1\",\"kind\":\"Profile\",\"name\":\"anna\",\"uid\":\"1\",\"controller\":true}]";
    private const string Ended = "{\"conditions\":[{\"type\":\"Created\",\"status\":\"True\"},{\"type\":\"Running\",\"status\":\"False\"},{\"type\":\"Succeeded\",\"status\":\"True\"}]}";
    private const string Broken = "{\"conditions\":[{\"type\":\"Failed\",\"status\":\"True\"}]}";
    private const string Running = "{\"conditions\":[{\"type\":\"Running\",\"status\":\"True\"},{\"type\":\"Succeeded\",\"status\":\"False\"}]}";

    private static readonly SystemDescription s_system = new SystemCatalog(new SystemServices { Roles = null }).Get("KubeflowAws").Description;

    /// <summary>What people make: it travels.</summary>
    public static TheoryData<string> Travelling =>
    [
        Json("kubeflow.org/v1", "Profile", "anna", spec: "{\"owner\":{\"kind\":\"User\",\"name\":\"anna@example.com\"}}"),
        Json("kubeflow.org/v1", "Notebook", "nb"),
        Json("kubeflow.org/v1alpha1", "PodDefault", "tokens"),
        Json("tensorboard.kubeflow.org/v1alpha1", "Tensorboard", "tb"),
        Json("serving.kserve.io/v1beta1", "InferenceService", "iris"),
        Json("serving.kserve.io/v1alpha1", "TrainedModel", "iris"),
        Json("serving.kserve.io/v1alpha1", "InferenceGraph", "chain"),
        Json("serving.kserve.io/v1alpha1", "ServingRuntime", "own"),
        Json("serving.kserve.io/v1alpha1", "ClusterServingRuntime", "our-runtime"),
        Json("argoproj.io/v1alpha1", "WorkflowTemplate", "train"),
        Json("argoproj.io/v1alpha1", "CronWorkflow", "nightly"),
        Json("argoproj.io/v1alpha1", "WorkflowEventBinding", "push"),
        Json("argoproj.io/v1alpha1", "ClusterWorkflowTemplate", "shared"),
        Json("kubeflow.org/v1beta1", "ScheduledWorkflow", "nightly", status: "{\"trigger\":{}}"),
        Json("kubeflow.org/v1beta1", "Experiment", "tuning", status: Running),
        Json("kubeflow.org/v1", "TFJob", "running", status: Running),
        Json("kubeflow.org/v1", "PyTorchJob", "running", status: Running),
        Json("serving.knative.dev/v1", "Service", "own"),
        Json("rbac.authorization.k8s.io/v1", "RoleBinding", "user-bob-example-com-clusterrole-edit"),
        Json("security.istio.io/v1beta1", "AuthorizationPolicy", "user-bob-example-com-clusterrole-edit"),
        Json("networking.istio.io/v1beta1", "VirtualService", "own"),
        Json("v1", "ServiceAccount", "s3-reader"),
        Json("v1", "ConfigMap", "settings"),
        Json("v1", "PersistentVolumeClaim", "nb-volume"),
        Json("apps/v1", "Deployment", "own"),
        // A namespace that people made and labelled is nobody's to make anew.
        Json("v1", "Namespace", "shared"),
    ];

    /// <summary>What controllers make anew, what was begun, and what stands for something else.</summary>
    public static TheoryData<string, string> Staying => new()
    {
        { Json("v1", "Namespace", "anna", OfProfile), "profile controller makes the namespace" },
        { Json("v1", "ServiceAccount", "default-editor", OfProfile), "profile controller" },
        { Json("v1", "ServiceAccount", "default-viewer"), "profile controller" },
        { Json("rbac.authorization.k8s.io/v1", "RoleBinding", "namespaceAdmin", OfProfile), "from the Profile's owner" },
        { Json("rbac.authorization.k8s.io/v1", "RoleBinding", "default-editor"), "from the Profile's owner" },
        { Json("security.istio.io/v1beta1", "AuthorizationPolicy", "ns-owner-access-istio"), "from the Profile's owner" },
        { Json("v1", "ResourceQuota", "kf-resource-quota"), "resourceQuotaSpec" },
        { Json("v1", "ConfigMap", "made-by-a-later-release", OfProfile), "from the Profile" },
        { Json("v1", "ConfigMap", "metadata-grpc-configmap"), "pipelines' profile controller" },
        { Json("v1", "ConfigMap", "kfp-launcher"), "pipelines' profile controller" },
        { Json("v1", "Secret", "mlpipeline-minio-artifact"), "pipelines' profile controller" },
        { Json("apps/v1", "Deployment", "ml-pipeline-visualizationserver"), "pipelines' profile controller" },
        { Json("v1", "Service", "ml-pipeline-ui-artifact"), "pipelines' profile controller" },
        { Json("networking.istio.io/v1beta1", "DestinationRule", "ml-pipeline-visualizationserver"), "pipelines' profile controller" },
        { Json("security.istio.io/v1beta1", "AuthorizationPolicy", "ml-pipeline-visualizationserver"), "pipelines' profile controller" },
        { Json("v1", "ConfigMap", "kube-root-ca.crt"), "root certificate" },
        { Json("v1", "ConfigMap", "istio-ca-root-cert"), "Istio" },
        { Json("v1", "ServiceAccount", "default"), "comes with its namespace" },
        { Json("v1", "Secret", "sh.helm.release.v1.own.v1"), "record of a chart" },
        { Json("apps/v1", "StatefulSet", "nb", OwnedBy("kubeflow.org/v1beta1", "Notebook")), "Its controller makes it anew" },
        { Json("v1", "Service", "nb", OwnedBy("kubeflow.org/v1", "Notebook")), "Its controller makes it anew" },
        { Json("networking.istio.io/v1beta1", "VirtualService", "notebook-anna-nb", OwnedBy("kubeflow.org/v1", "Notebook")), "Its controller makes it anew" },
        { Json("apps/v1", "Deployment", "tb", OwnedBy("tensorboard.kubeflow.org/v1alpha1", "Tensorboard")), "Its controller makes it anew" },
        { Json("serving.knative.dev/v1", "Service", "iris", OwnedBy("serving.kserve.io/v1beta1", "InferenceService")), "KServe makes it" },
        { Json("networking.istio.io/v1beta1", "VirtualService", "iris", OwnedBy("serving.kserve.io/v1beta1", "InferenceService")), "KServe makes it" },
        { Json("serving.knative.dev/v1", "Route", "own", OwnedBy("serving.knative.dev/v1", "Service")), "Knative makes it" },
        { Json("serving.knative.dev/v1", "Configuration", "own", OwnedBy("serving.knative.dev/v1", "Service")), "Knative makes it" },
        { Json("serving.knative.dev/v1", "Revision", "own-1"), "Knative makes it" },
        { Json("caching.internal.knative.dev/v1alpha1", "Image", "own-1"), "Knative makes it" },
        { Json("v1", "Pod", "nb-0", OwnedBy("kubeflow.org/v1", "PyTorchJob")), "Its controller makes it anew" },
        { Json("v1", "Service", "mnist-master-0", OwnedBy("kubeflow.org/v1", "PyTorchJob")), "training operator" },
        { Json("kubeflow.org/v1", "TFJob", "done", status: Ended), "come to its end" },
        { Json("kubeflow.org/v1", "MPIJob", "done", status: Broken), "has failed" },
        { Json("kubeflow.org/v1", "MXJob", "done", status: Ended), "come to its end" },
        { Json("kubeflow.org/v1", "XGBoostJob", "done", status: Ended), "come to its end" },
        { Json("kubeflow.org/v1", "PaddleJob", "done", status: Ended), "come to its end" },
        { Json("kubeflow.org/v1beta1", "Experiment", "done", status: Ended), "Katib's database" },
        { Json("kubeflow.org/v1beta1", "Trial", "t"), "from the Experiment" },
        { Json("kubeflow.org/v1beta1", "Suggestion", "s"), "from the Experiment" },
        { Json("kubeflow.org/v1beta1", "Viewer", "v"), "when somebody looks" },
        { Json("argoproj.io/v1alpha1", "Workflow", "run-1"), "It is a run" },
        { Json("argoproj.io/v1alpha1", "WorkflowTaskSet", "run-1"), "belongs to a run" },
        { Json("argoproj.io/v1alpha1", "WorkflowTaskResult", "run-1"), "belongs to a run" },
        { Json("serving.kserve.io/v1alpha1", "ClusterServingRuntime", "kserve-sklearnserver"), "KServe brings it" },
        { Json("sagemaker.services.k8s.aws/v1alpha1", "Endpoint", "e"), "AdoptedResource" },
    };

    [Theory]
    [MemberData(nameof(Travelling))]
    public void What_people_made_travels(string json) => Assert.Null(Apply(json).LeftOutReason);

    [Theory]
    [MemberData(nameof(Staying))]
    public void What_is_made_anew_or_was_begun_stays_behind(string json, string reason) => Assert.Contains(reason, Apply(json).LeftOutReason, StringComparison.Ordinal);

    [Fact]
    public void What_an_owner_makes_is_counted_by_the_owner()
    {
        var group = Apply(Json("apps/v1", "StatefulSet", "nb", OwnedBy("kubeflow.org/v1beta1", "Notebook"))).LeftOutGroup;

        Assert.Equal(("Notebook.kubeflow.org", "anna", "owner"), (group!.OwnerKind, group.Namespace, group.OwnerName));
    }

    [Fact]
    public void The_status_of_a_recurring_run_travels_and_that_of_a_notebook_does_not()
    {
        Assert.DoesNotContain(Apply(Json("kubeflow.org/v1beta1", "ScheduledWorkflow", "s", status: "{}")).Edits, e => e.Path.ToString() == "status");
        Assert.Contains(Apply(Json("kubeflow.org/v1", "Notebook", "n", status: "{}")).Edits, e => e.Path.ToString() == "status");
        // Its kind needs it whoever carries it.
        var whole = new SystemCatalog(new SystemServices { Roles = null }).Get("Kubernetes").Description;
        Assert.Equal(["ScheduledWorkflow.kubeflow.org"], whole.Export.KeepStatus);
    }

    [Fact]
    public void A_notebook_forgets_when_it_was_used_and_remembers_that_it_was_stopped()
    {
        var edits = Apply(Json("kubeflow.org/v1", "Notebook", "n", ",\"annotations\":{\"notebooks.kubeflow.org/last-activity\":\"x\",\"kubeflow-resource-stopped\":\"y\"}")).Edits.Select(e => e.Path.ToString()).ToList();

        Assert.Contains("metadata.annotations['notebooks.kubeflow.org/last-activity']", edits);
        Assert.DoesNotContain(edits, path => path.Contains("resource-stopped", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("v1", "ConfigMap", true)]
    [InlineData("velero.io/v1", "Backup", false)]
    public void What_Velero_wrote_on_what_it_restored_stays_behind(string apiVersion, string kind, bool dropped)
    {
        var outcome = Apply(Json(apiVersion, kind, "x", ",\"labels\":{\"velero.io/restore-name\":\"r\",\"velero.io/backup-name\":\"b\"}"));

        Assert.Equal(dropped, outcome.Edits.Any(e => e.Path.ToString().Contains("velero.io/restore-name", StringComparison.Ordinal)));
    }

    [Fact]
    public void Profiles_arrive_where_namespaces_do_and_before_all_that_lives_in_them()
    {
        var order = new ImportOrder(s_system.Import.Order, s_system.Import.Namespaces);
        var profile = order.PositionOf("kubeflow.org", "Profile");

        Assert.All([("", "ServiceAccount"), ("", "Secret"), ("kubeflow.org", "Notebook"), ("serving.kserve.io", "InferenceService")], kind => Assert.True(profile < order.PositionOf(kind.Item1, kind.Item2)));
        Assert.True(order.PositionOf("", "Namespace") < profile);
        Assert.True(order.PositionOf("kubeflow.org", "PodDefault") < order.PositionOf("kubeflow.org", "Notebook"));
    }

    [Theory]
    [InlineData("ebs.csi.aws.com", true)]
    [InlineData("efs.csi.aws.com", false)]
    [InlineData("fsx.csi.aws.com", false)]
    [InlineData(null, true)]
    public void Disks_are_Veleros_and_shared_file_systems_the_imports(string? driver, bool velero) =>
        Assert.Equal(velero, s_system.Velero!.ForVolume("", "PersistentVolumeClaim", driver) is not null);

    [Fact]
    public void It_says_what_Velero_moves_and_what_saves_a_day()
    {
        var shown = new SystemCatalog(new SystemServices { Roles = null }).All.Single(system => system.Name == "KubeflowAws");

        Assert.Equal(["PersistentVolume", "PersistentVolumeClaim"], shown.Velero!.Kind);
        Assert.Contains("ebs.csi.aws.com", shown.Velero.VolumeDriver);
        Assert.Contains(shown.Advice, advice => advice is { Id: "PermanentRedirect", At: UpgradeAdvicePoint.Traffic });
        Assert.Contains(shown.Advice, advice => advice is { Id: "RecurringRunStatus", At: UpgradeAdvicePoint.Restore });
    }

    private static string OwnedBy(string apiVersion, string kind) =>
        $",\"ownerReferences\":[{{\"apiVersion\":\"{apiVersion}\",\"kind\":\"{kind}\",\"name\":\"owner\",\"uid\":\"1\",\"controller\":true}}]";

    private static string Json(string apiVersion, string kind, string name, string more = "", string spec = "{}", string? status = null)
    {
        var ns = kind is "Profile" or "Namespace" || kind.StartsWith("Cluster", StringComparison.Ordinal) ? "" : ",\"namespace\":\"anna\"";
        var json = $"{{\"apiVersion\":\"{apiVersion}\",\"kind\":\"{kind}\",\"metadata\":{{\"name\":\"{name}\"{ns}{more}}},\"spec\":{spec}{(status is null ? "" : $",\"status\":{status}")}}}";
        using var _ = JsonDocument.Parse(json);
        return json;
    }

    private static RuleOutcome Apply(string json)
    {
        using var o = KubernetesObject.Parse(Encoding.UTF8.GetBytes(json));
        var outcome = new RuleOutcome();
        new ManifestRules(s_system, SecretHandling.Include).ForKind(o.Group, o.Kind).Apply(o, outcome);
        return outcome;
    }
}
