using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace KonUpgrade.Rehearsal.Content;

/// <summary>What lies on the clusters of a Kubermatic: a master that knows two seeds, each with user clusters.</summary>
internal static class KubermaticCluster
{
    public const string Master = "master";
    public const string Namespace = "kubermatic";
    public const string Before = "v2.30.2";
    public const string After = "v2.31.0";

    private const string Group = "kubermatic.k8c.io";
    private const string Installer = "kubermatic-installer";
    private const string Operator = "kubermatic-operator";
    private const int UserClusters = 6;

    /// <summary>What the installer's file has under <c>spec.seedController</c>: it names no limit, so that 10 holds.</summary>
    public const string SeedController = """{"replicas":1}""";

    private static readonly (string Kind, bool Namespaced)[] s_kinds =
    [
        ("Cluster", false), ("User", false), ("Project", false), ("Preset", false), ("Seed", true), ("KubermaticConfiguration", true), ("Addon", true), ("EtcdBackupConfig", true),
    ];

    private static readonly string[] s_conditions =
    [
        "SeedResourcesUpToDate", "ClusterControllerReconciledSuccessfully", "AddonControllerReconciledSuccessfully",
        "CloudControllerReconciledSuccessfully", "UpdateControllerReconciledSuccessfully", "MonitoringControllerReconciledSuccessfully",
    ];

    /// <summary>The seeds; the cluster of each has its name.</summary>
    public static IReadOnlyList<string> Seeds { get; } = ["eu", "us"];

    /// <summary>What is on the master.</summary>
    /// <param name="kubeConfig">The sandbox's kubeconfig, in which each seed has its context.</param>
    public static IEnumerable<ClusterObject> OnMaster(string kubeConfig) =>
    [
        .. Definitions(), Definition("KubermaticSetting", namespaced: false),
        new(Installer, Object("v1", "Namespace", Namespace, null, [])),
        new(Installer, Custom("KubermaticConfiguration", "kubermatic", Namespace, new JsonObject
        {
            ["ingress"] = new JsonObject { ["domain"] = "kkp.example.com" },
            ["seedController"] = JsonNode.Parse(SeedController),
        }, new JsonObject { ["kubermaticVersion"] = Before, ["kubermaticEdition"] = "Community Edition" })),
        new(Installer, Custom("KubermaticSetting", "globalsettings", null, [])),
        new("kubermatic-api", Custom("User", "5f1d2c3b4a", null, new JsonObject { ["name"] = "Alice", ["email"] = "alice@example.com", ["admin"] = true })),
        new("kubermatic-api", Custom("Project", "p7m2kq9x4d", null, new JsonObject { ["name"] = "shop" })),
        .. new[] { Operator, "kubermatic-master-controller-manager", "kubermatic-api", "kubermatic-dashboard", "kubermatic-webhook" }.Select(name => new ClusterObject(Operator, Deployment(name, []))),
        .. Seeds.Select(seed => new ClusterObject("kubectl", KubeConfig(kubeConfig, seed))),
        .. Seeds.Select(seed => new ClusterObject("kubectl", SeedOf(seed))),
    ];

    /// <summary>What is on a seed.</summary>
    public static IEnumerable<ClusterObject> OnSeed(string seed) =>
    [
        .. Definitions(),
        new(Installer, Object("v1", "Namespace", Namespace, null, [])),
        new(Operator, Deployment("kubermatic-seed-controller-manager", ["-max-parallel-reconcile=10"])),
        .. Enumerable.Range(1, UserClusters).SelectMany(number => OfUserCluster($"{seed}{number}")),
    ];

    private static IEnumerable<ClusterObject> OfUserCluster(string name) =>
    [
        new("kubermatic-api", UserCluster(name)),
        new("seed-controller-manager", Object("v1", "Namespace", $"cluster-{name}", null, [])),
        new("seed-controller-manager", EtcdBackups(name)),
    ];

    private static IEnumerable<ClusterObject> Definitions() => s_kinds.Select(kind => Definition(kind.Kind, kind.Namespaced));

    private static ClusterObject Definition(string kind, bool namespaced)
    {
        var name = kind.ToLowerInvariant();
        return new(Installer, Object("apiextensions.k8s.io/v1", "CustomResourceDefinition", $"{name}s.{Group}", null, new JsonObject
        {
            ["spec"] = new JsonObject
            {
                ["group"] = Group,
                ["scope"] = namespaced ? "Namespaced" : "Cluster",
                ["names"] = new JsonObject { ["kind"] = kind, ["listKind"] = $"{kind}List", ["plural"] = $"{name}s", ["singular"] = name },
                ["versions"] = new JsonArray(new JsonObject
                {
                    ["name"] = "v1",
                    ["served"] = true,
                    ["storage"] = true,
                    ["schema"] = new JsonObject { ["openAPIV3Schema"] = new JsonObject { ["type"] = "object", ["x-kubernetes-preserve-unknown-fields"] = true } },
                }),
            },
        }));
    }

    private static JsonObject KubeConfig(string kubeConfig, string seed) => Object("v1", "Secret", $"kubeconfig-{seed}", Namespace, new JsonObject
    {
        ["type"] = "Opaque",
        ["data"] = new JsonObject { ["kubeconfig"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(Regex.Replace(kubeConfig, "current-context: .*", $"current-context: {seed}"))) },
    });

    private static JsonObject SeedOf(string seed) => Custom("Seed", seed, Namespace, new JsonObject
    {
        ["country"] = "DE",
        ["kubeconfig"] = new JsonObject { ["name"] = $"kubeconfig-{seed}", ["namespace"] = Namespace },
    }, new JsonObject
    {
        ["phase"] = "Healthy",
        ["clusters"] = UserClusters,
        ["versions"] = new JsonObject { ["kubermatic"] = Before },
        ["conditions"] = new JsonObject { ["KubeconfigValid"] = new JsonObject { ["status"] = "True" }, ["ResourcesReconciled"] = new JsonObject { ["status"] = "True" } },
    });

    private static JsonObject UserCluster(string name) => Custom("Cluster", name, null, new JsonObject { ["humanReadableName"] = name, ["version"] = "1.34.4" }, new JsonObject
    {
        ["phase"] = "Running",
        ["extendedHealth"] = new JsonObject { ["apiserver"] = "HealthStatusUp", ["etcd"] = "HealthStatusUp" },
        ["conditions"] = new JsonObject(s_conditions.Select(condition =>
            KeyValuePair.Create(condition, (JsonNode?)new JsonObject { ["status"] = "True", ["kubermaticVersion"] = Before, ["lastTransitionTime"] = "2026-03-02T09:05:00Z" }))),
    });

    // As Kubermatic makes them where a Seed names a place for backups: one every 20 minutes.
    private static JsonObject EtcdBackups(string cluster)
    {
        var last = DateTimeOffset.UtcNow.AddMinutes(-7).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        return Custom("EtcdBackupConfig", "default-backups", $"cluster-{cluster}", new JsonObject
        {
            ["name"] = "default-backups",
            ["schedule"] = "@every 20m",
            ["keep"] = 20,
            ["destination"] = "s3",
            ["cluster"] = new JsonObject { ["apiVersion"] = $"{Group}/v1", ["kind"] = "Cluster", ["name"] = cluster },
        }, new JsonObject
        {
            ["currentBackups"] = new JsonArray(new JsonObject { ["backupName"] = "default-backups-1", ["backupPhase"] = "Completed", ["scheduledTime"] = last, ["backupFinishedTime"] = last }),
        });
    }

    private static JsonObject Deployment(string name, string[] arguments) => Object("apps/v1", "Deployment", name, Namespace, new JsonObject
    {
        ["spec"] = new JsonObject
        {
            ["replicas"] = 1,
            ["selector"] = new JsonObject { ["matchLabels"] = new JsonObject { ["app"] = name } },
            ["template"] = new JsonObject
            {
                ["metadata"] = new JsonObject { ["labels"] = new JsonObject { ["app"] = name } },
                ["spec"] = new JsonObject
                {
                    ["containers"] = new JsonArray(new JsonObject
                    {
                        ["name"] = "controller",
                        ["image"] = $"quay.io/kubermatic/kubermatic:{Before}",
                        ["args"] = new JsonArray([.. arguments.Select(argument => (JsonNode)argument)]),
                    }),
                },
            },
        },
        ["status"] = new JsonObject { ["observedGeneration"] = 1, ["replicas"] = 1, ["updatedReplicas"] = 1, ["availableReplicas"] = 1, ["readyReplicas"] = 1 },
    });

    private static JsonObject Custom(string kind, string name, string? ns, JsonObject spec, JsonObject? status = null)
    {
        var content = new JsonObject { ["spec"] = spec };
        if (status is not null)
            content["status"] = status;
        return Object($"{Group}/v1", kind, name, ns, content);
    }

    private static JsonObject Object(string apiVersion, string kind, string name, string? ns, JsonObject content)
    {
        var metadata = new JsonObject { ["name"] = name };
        if (ns is not null)
            metadata["namespace"] = ns;
        var whole = new JsonObject { ["apiVersion"] = apiVersion, ["kind"] = kind, ["metadata"] = metadata };
        foreach (var (field, value) in content)
            whole[field] = value?.DeepClone();
        return whole;
    }
}
