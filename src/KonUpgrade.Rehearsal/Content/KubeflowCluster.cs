using System.Text.Json.Nodes;

namespace KonUpgrade.Rehearsal.Content;

/// <summary>What stands on a cluster with Kubeflow on AWS: Kubeflow itself, and on blue what people have in their namespaces.</summary>
internal static class KubeflowCluster
{
    /// <summary>The AWS account that everything is said to be in.</summary>
    public const string Account = "123456789012";

    private static readonly IReadOnlyList<string> Servers =
        ["profiles-deployment", "notebook-controller-deployment", "kubeflow-pipelines-profile-controller", "ml-pipeline", "centraldashboard", "katib-controller", "kserve-controller-manager"];

    private const string Gateway = "istio-ingressgateway";

    private static readonly IReadOnlyList<(string Name, string Namespace, int Port)> Answering =
        [("centraldashboard", "kubeflow", 80), ("ml-pipeline", "kubeflow", 8888), (Gateway, "istio-system", 80)];

    /// <summary>The namespaces of Profiles.</summary>
    public static IReadOnlyList<string> Profiles { get; } = ["anna", "vision"];

    /// <summary>The roles that their ServiceAccounts name.</summary>
    public static IEnumerable<string> Roles => [.. Profiles.Select(profile => $"kf-{profile}"), "kf-s3-read"];

    /// <summary>The bucket of the artifacts, which both clusters use.</summary>
    public const string Bucket = "kf-artifacts";

    /// <summary>The database of pipelines and metadata, which both clusters use.</summary>
    public const string Database = "kf";

    /// <summary>The file system of the shared data, which both clusters use.</summary>
    public const string FileSystem = "fs-0123456789abcdef0";

    /// <summary>A namespace that people made and labelled, without a Profile.</summary>
    public const string Labelled = "shared-data";

    /// <summary>The disk of the notebook of a Profile.</summary>
    public static string Disk(string profile) => $"vol-0fedcba987654321{(profile == Profiles[0] ? 0 : 1)}";

    /// <summary>Kubeflow as its installer leaves it, but for the controllers: these begin to work as soon as they are there.</summary>
    public static IEnumerable<ClusterObject> Installed()
    {
        foreach (var ns in new[] { "kubeflow", "istio-system", "knative-serving", "auth" })
            yield return Installer(Object("v1", "Namespace", ns));
        foreach (var role in new[] { "kubeflow-admin", "kubeflow-edit", "kubeflow-view" })
            yield return Installer(Object("rbac.authorization.k8s.io/v1", "ClusterRole", role, content: new JsonObject { ["rules"] = new JsonArray() }));
        yield return Installer(Object("v1", "ConfigMap", "pipeline-install-config", "kubeflow", new JsonObject { ["data"] = new JsonObject { ["dbHost"] = "kf.rds.example.com", ["bucketName"] = Bucket } }));
        yield return Installer(Object("serving.kserve.io/v1alpha1", "ClusterServingRuntime", "kserve-sklearnserver", content: Spec(new JsonObject { ["containers"] = new JsonArray() })));
    }

    /// <summary>The controllers and servers of Kubeflow.</summary>
    public static IEnumerable<ClusterObject> Running() =>
    [
        .. Servers.Append(Gateway).Select(name => Installer(Object("apps/v1", "Deployment", name, name == Gateway ? "istio-system" : "kubeflow", Spec(new JsonObject
        {
            ["replicas"] = 1,
            ["selector"] = new JsonObject { ["matchLabels"] = new JsonObject { ["app"] = name } },
            ["template"] = new JsonObject
            {
                ["metadata"] = new JsonObject { ["labels"] = new JsonObject { ["app"] = name } },
                ["spec"] = new JsonObject { ["containers"] = new JsonArray(new JsonObject { ["name"] = name, ["image"] = $"registry.example.com/{name}:1.7" }) },
            },
        })))),
        .. Answering.Select(server => Installer(Object("v1", "Service", server.Name, server.Namespace, Spec(new JsonObject
        {
            ["selector"] = new JsonObject { ["app"] = server.Name },
            ["ports"] = new JsonArray(new JsonObject { ["name"] = "http", ["port"] = server.Port, ["targetPort"] = server.Port }),
        })))),
    ];

    /// <summary>What people have: notebooks with disks and with a shared file system, models, schedules, and what was begun of them.</summary>
    public static IEnumerable<ClusterObject> Users()
    {
        foreach (var profile in Profiles)
        {
            yield return Person(Object("kubeflow.org/v1", "Profile", profile, content: Spec(new JsonObject
            {
                ["owner"] = new JsonObject { ["kind"] = "User", ["name"] = $"{profile}@example.com" },
                ["plugins"] = new JsonArray(new JsonObject
                {
                    ["apiVersion"] = "kubeflow.org/v1",
                    ["kind"] = "AwsIamForServiceAccount",
                    ["spec"] = new JsonObject { ["awsIamRole"] = $"arn:aws:iam::{Account}:role/kf-{profile}", ["annotateOnly"] = true },
                }),
                ["resourceQuotaSpec"] = new JsonObject { ["hard"] = new JsonObject { ["cpu"] = "32", ["memory"] = "128Gi" } },
            })));
            yield return Namespace(profile);
            yield return Person(Notebook(profile, "lab", "lab-volume"));
            foreach (var made in Volume(profile, "lab-volume", "gp3", "ebs.csi.aws.com", Disk(profile)))
                yield return Person(made);
            yield return Person(Object("kubeflow.org/v1alpha1", "PodDefault", "access-ml-pipeline", profile, Spec(new JsonObject { ["desc"] = "Allow access to pipelines", ["selector"] = new JsonObject { ["matchLabels"] = new JsonObject { ["access-ml-pipeline"] = "true" } } })));
        }

        var labelled = Object("v1", "Namespace", Labelled);
        labelled["metadata"]!["labels"] = new JsonObject { ["app.kubernetes.io/part-of"] = "kubeflow-profile" };
        yield return Person(labelled);
        yield return Person(Object("v1", "ConfigMap", "catalogue", Labelled, new JsonObject { ["data"] = new JsonObject { ["sets"] = "faces, plants" } }));
        foreach (var made in OfAnna())
            yield return made;
    }

    private static IEnumerable<ClusterObject> OfAnna()
    {
        const string ns = "anna";
        yield return Person(Notebook(ns, "explore", "datasets"));
        foreach (var made in Volume(ns, "datasets", "efs-sc", "efs.csi.aws.com", FileSystem + "::fsap-0aaaabbbbccccdddd"))
            yield return Person(made);
        var account = Object("v1", "ServiceAccount", "s3-reader", ns);
        account["metadata"]!["annotations"] = new JsonObject { ["eks.amazonaws.com/role-arn"] = $"arn:aws:iam::{Account}:role/kf-s3-read" };
        yield return Person(account);
        yield return Person(Object("v1", "Secret", "api-key", ns, new JsonObject { ["type"] = "Opaque", ["data"] = new JsonObject { ["token"] = "c2ltdWxhdGVk" } }));
        yield return Person(Object("v1", "ConfigMap", "settings", ns, new JsonObject { ["data"] = new JsonObject { ["epochs"] = "12" } }));
        // A contributor, whom the API of Kubeflow's access management wrote down.
        var binding = Object("rbac.authorization.k8s.io/v1", "RoleBinding", "user-bob-example-com-clusterrole-edit", ns, new JsonObject
        {
            ["roleRef"] = new JsonObject { ["apiGroup"] = "rbac.authorization.k8s.io", ["kind"] = "ClusterRole", ["name"] = "kubeflow-edit" },
            ["subjects"] = new JsonArray(new JsonObject { ["apiGroup"] = "rbac.authorization.k8s.io", ["kind"] = "User", ["name"] = "bob@example.com" }),
        });
        binding["metadata"]!["annotations"] = new JsonObject { ["user"] = "bob@example.com", ["role"] = "edit" };
        yield return new ClusterObject("access-management", binding);
        yield return new ClusterObject("access-management", Object("security.istio.io/v1beta1", "AuthorizationPolicy", "user-bob-example-com-clusterrole-edit", ns, Spec(new JsonObject { ["rules"] = new JsonArray() })));
        yield return Person(Object("serving.kserve.io/v1beta1", "InferenceService", "iris", ns, Spec(new JsonObject
        {
            ["predictor"] = new JsonObject { ["serviceAccountName"] = "s3-reader", ["model"] = new JsonObject { ["modelFormat"] = new JsonObject { ["name"] = "sklearn" }, ["storageUri"] = "s3://kf-artifacts/models/iris" } },
        })));
        yield return Person(Object("tensorboard.kubeflow.org/v1alpha1", "Tensorboard", "training", ns, Spec(new JsonObject { ["logspath"] = "pvc://datasets/logs" })));
        yield return Person(Object("argoproj.io/v1alpha1", "WorkflowTemplate", "train", ns, Spec(new JsonObject { ["entrypoint"] = "train" })));
        yield return new ClusterObject("ml-pipeline", Object("kubeflow.org/v1beta1", "ScheduledWorkflow", "nightly-x7k2p", ns, new JsonObject
        {
            ["spec"] = new JsonObject { ["enabled"] = true, ["maxConcurrency"] = 1, ["noCatchup"] = true, ["trigger"] = new JsonObject { ["cronSchedule"] = new JsonObject { ["cron"] = "0 0 2 * * *" } } },
            ["status"] = new JsonObject { ["conditions"] = new JsonArray(), ["trigger"] = new JsonObject { ["lastIndex"] = 41, ["lastTriggeredTime"] = "2026-03-02T02:00:00Z" } },
        }));
        yield return new ClusterObject("ml-pipeline", Object("argoproj.io/v1alpha1", "Workflow", "nightly-x7k2p-41", ns, new JsonObject { ["spec"] = new JsonObject { ["entrypoint"] = "train" }, ["status"] = new JsonObject { ["phase"] = "Succeeded" } }));
        yield return Person(Object("kubeflow.org/v1", "PyTorchJob", "mnist", ns, new JsonObject
        {
            ["spec"] = new JsonObject { ["pytorchReplicaSpecs"] = new JsonObject { ["Master"] = Replica("mnist", "pytorch") } },
            ["status"] = new JsonObject { ["conditions"] = new JsonArray(new JsonObject { ["type"] = "Succeeded", ["status"] = "True" }), ["replicaStatuses"] = new JsonObject() },
        }));
        yield return Person(Object("kubeflow.org/v1", "TFJob", "long", ns, new JsonObject
        {
            ["spec"] = new JsonObject { ["tfReplicaSpecs"] = new JsonObject { ["Worker"] = Replica("long", "tensorflow") } },
            ["status"] = new JsonObject { ["conditions"] = new JsonArray(new JsonObject { ["type"] = "Running", ["status"] = "True" }), ["replicaStatuses"] = new JsonObject() },
        }));
        yield return Person(Object("kubeflow.org/v1beta1", "Experiment", "tuning", ns, Spec(new JsonObject { ["maxTrialCount"] = 12 })));
        yield return new ClusterObject("katib-controller", Object("kubeflow.org/v1beta1", "Trial", "tuning-abc", ns, Spec([])));
    }

    private static JsonObject Notebook(string ns, string name, string claim)
    {
        var notebook = Object("kubeflow.org/v1", "Notebook", name, ns, Spec(new JsonObject
        {
            ["template"] = new JsonObject
            {
                ["spec"] = new JsonObject
                {
                    ["serviceAccountName"] = "default-editor",
                    ["containers"] = new JsonArray(new JsonObject
                    {
                        ["name"] = name,
                        ["image"] = "registry.example.com/notebooks/jupyter:2.12",
                        ["volumeMounts"] = new JsonArray(new JsonObject { ["name"] = claim, ["mountPath"] = "/home/jovyan" }),
                    }),
                    ["volumes"] = new JsonArray(new JsonObject { ["name"] = claim, ["persistentVolumeClaim"] = new JsonObject { ["claimName"] = claim } }),
                },
            },
        }));
        notebook["metadata"]!["annotations"] = new JsonObject { ["notebooks.kubeflow.org/server-type"] = "jupyter", ["notebooks.kubeflow.org/last-activity"] = "2026-03-01T17:02:11Z" };
        notebook["metadata"]!["labels"] = new JsonObject { ["app"] = name, ["access-ml-pipeline"] = "true" };
        return notebook;
    }

    private static IEnumerable<JsonObject> Volume(string ns, string claim, string storageClass, string driver, string handle)
    {
        var name = $"pvc-{ns}-{claim}";
        yield return Object("v1", "PersistentVolume", name, content: new JsonObject
        {
            ["spec"] = new JsonObject
            {
                ["capacity"] = new JsonObject { ["storage"] = "10Gi" },
                ["accessModes"] = new JsonArray("ReadWriteOnce"),
                ["persistentVolumeReclaimPolicy"] = "Delete",
                ["storageClassName"] = storageClass,
                ["claimRef"] = new JsonObject { ["apiVersion"] = "v1", ["kind"] = "PersistentVolumeClaim", ["namespace"] = ns, ["name"] = claim },
                ["csi"] = new JsonObject { ["driver"] = driver, ["volumeHandle"] = handle },
            },
            ["status"] = new JsonObject { ["phase"] = "Bound" },
        });
        yield return Object("v1", "PersistentVolumeClaim", claim, ns, new JsonObject
        {
            ["spec"] = new JsonObject
            {
                ["accessModes"] = new JsonArray("ReadWriteOnce"),
                ["storageClassName"] = storageClass,
                ["volumeName"] = name,
                ["resources"] = new JsonObject { ["requests"] = new JsonObject { ["storage"] = "10Gi" } },
            },
            ["status"] = new JsonObject { ["phase"] = "Bound" },
        });
    }

    // As the profile controller made it, long ago.
    private static ClusterObject Namespace(string profile)
    {
        var ns = Object("v1", "Namespace", profile);
        var metadata = (JsonObject)ns["metadata"]!;
        metadata["annotations"] = new JsonObject { ["owner"] = $"{profile}@example.com" };
        metadata["labels"] = new JsonObject { ["app.kubernetes.io/part-of"] = "kubeflow-profile", ["istio-injection"] = "enabled", ["pipelines.kubeflow.org/enabled"] = "true" };
        metadata["ownerReferences"] = new JsonArray(new JsonObject { ["apiVersion"] = "kubeflow.org/v1", ["kind"] = "Profile", ["name"] = profile, ["controller"] = true, ["blockOwnerDeletion"] = true });
        return new ClusterObject("profile-controller", ns);
    }

    private static JsonObject Replica(string name, string container) => new()
    {
        ["replicas"] = 1,
        ["restartPolicy"] = "Never",
        ["template"] = new JsonObject { ["spec"] = new JsonObject { ["containers"] = new JsonArray(new JsonObject { ["name"] = container, ["image"] = $"registry.example.com/{name}:1" }) } },
    };

    private static JsonObject Spec(JsonObject spec) => new() { ["spec"] = spec };

    private static JsonObject Object(string apiVersion, string kind, string name, string? ns = null, JsonObject? content = null)
    {
        var metadata = new JsonObject { ["name"] = name };
        if (ns is not null)
            metadata["namespace"] = ns;
        var made = new JsonObject { ["apiVersion"] = apiVersion, ["kind"] = kind, ["metadata"] = metadata };
        foreach (var (field, value) in content?.ToList() ?? [])
        {
            content!.Remove(field);
            made[field] = value;
        }

        return made;
    }

    private static ClusterObject Installer(JsonObject json) => new("kubeflow-installer", json);

    private static ClusterObject Person(JsonObject json) => new("kubectl", json);
}
