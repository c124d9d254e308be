using System.Text.Json.Nodes;

namespace KonUpgrade.Rehearsal.Content;

/// <summary>The kinds that live in the namespaces of Kubeflow's users, as custom resources of apiextensions.k8s.io/v1, with schemas of our own.</summary>
internal static class KubeflowCrds
{
    public const string Group = "kubeflow.org";

    private static readonly IReadOnlyList<Crd> Kinds =
    [
        new(Group, "Profile", "profiles", ["v1", "v1beta1"], Namespaced: false),
        new(Group, "Notebook", "notebooks", ["v1", "v1beta1", "v1alpha1"]),
        new(Group, "PodDefault", "poddefaults", ["v1alpha1"], HasStatus: false, Spec: ["selector"]),
        new(Group, "PyTorchJob", "pytorchjobs", ["v1"], Spec: ["pytorchReplicaSpecs"]),
        new(Group, "TFJob", "tfjobs", ["v1"], Spec: ["tfReplicaSpecs"]),
        new(Group, "Experiment", "experiments", ["v1beta1"]),
        new(Group, "Suggestion", "suggestions", ["v1beta1"]),
        new(Group, "Trial", "trials", ["v1beta1"]),
        // The one whose status is required, and has no path of its own.
        new(Group, "ScheduledWorkflow", "scheduledworkflows", ["v1beta1"], HasStatus: false, RequiresStatus: true, Short: ["swf"]),
        new(Group, "Viewer", "viewers", ["v1beta1"], HasStatus: false, Short: ["vi"]),
        new("tensorboard.kubeflow.org", "Tensorboard", "tensorboards", ["v1alpha1"], Spec: ["logspath"]),
        new("serving.kserve.io", "InferenceService", "inferenceservices", ["v1beta1"], Spec: ["predictor"], Short: ["isvc"]),
        new("serving.kserve.io", "TrainedModel", "trainedmodels", ["v1alpha1"], Spec: ["inferenceService", "model"], Short: ["tm"]),
        new("serving.kserve.io", "ServingRuntime", "servingruntimes", ["v1alpha1"], HasStatus: false),
        new("serving.kserve.io", "ClusterServingRuntime", "clusterservingruntimes", ["v1alpha1"], Namespaced: false, HasStatus: false),
        new("argoproj.io", "Workflow", "workflows", ["v1alpha1"], HasStatus: false, Short: ["wf"]),
        new("argoproj.io", "WorkflowTemplate", "workflowtemplates", ["v1alpha1"], HasStatus: false, Short: ["wftmpl"]),
        new("argoproj.io", "CronWorkflow", "cronworkflows", ["v1alpha1"], HasStatus: false, Short: ["cwf"]),
        new("serving.knative.dev", "Service", "services", ["v1"], Short: ["ksvc"]),
        new("serving.knative.dev", "Revision", "revisions", ["v1"], Short: ["rev"]),
        new("security.istio.io", "AuthorizationPolicy", "authorizationpolicies", ["v1beta1"]),
        new("networking.istio.io", "VirtualService", "virtualservices", ["v1beta1", "v1alpha3"], Short: ["vs"]),
        new("networking.istio.io", "DestinationRule", "destinationrules", ["v1beta1", "v1alpha3"], Short: ["dr"]),
    ];

    public static IEnumerable<ClusterObject> All => Kinds.Select(Make);

    private static ClusterObject Make(Crd kind) => new("kubeflow-installer", new JsonObject
    {
        ["apiVersion"] = "apiextensions.k8s.io/v1",
        ["kind"] = "CustomResourceDefinition",
        ["metadata"] = new JsonObject { ["name"] = $"{kind.Plural}.{kind.Group}" },
        ["spec"] = new JsonObject
        {
            ["group"] = kind.Group,
            ["scope"] = kind.Namespaced ? "Namespaced" : "Cluster",
            ["names"] = new JsonObject
            {
                ["kind"] = kind.Kind,
                ["listKind"] = kind.Kind + "List",
                ["plural"] = kind.Plural,
                ["singular"] = kind.Kind.ToLowerInvariant(),
                ["shortNames"] = new JsonArray([.. (kind.Short ?? []).Select(name => JsonValue.Create(name))]),
            },
            ["versions"] = new JsonArray([.. kind.Versions.Select((name, i) => (JsonNode)Version(kind, name, isStored: i == 0))]),
        },
    });

    private static JsonObject Version(Crd kind, string name, bool isStored)
    {
        var spec = Open();
        if (kind.Spec is { Length: > 0 } required)
            spec["required"] = new JsonArray([.. required.Select(field => JsonValue.Create(field))]);
        var schema = new JsonObject
        {
            ["type"] = "object",
            ["properties"] = new JsonObject { ["spec"] = spec, ["status"] = Open() },
        };
        if (kind.RequiresStatus)
            schema["required"] = new JsonArray("spec", "status");
        var version = new JsonObject
        {
            ["name"] = name,
            ["served"] = true,
            ["storage"] = isStored,
            ["schema"] = new JsonObject { ["openAPIV3Schema"] = schema },
        };
        if (kind.HasStatus)
            version["subresources"] = new JsonObject { ["status"] = new JsonObject() };
        return version;
    }

    private static JsonObject Open() => new() { ["type"] = "object", ["x-kubernetes-preserve-unknown-fields"] = true };

    private sealed record Crd(
        string Group, string Kind, string Plural, string[] Versions, bool Namespaced = true, bool HasStatus = true, bool RequiresStatus = false, string[]? Spec = null, string[]? Short = null);
}
