using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using KonUpgrade.Sandbox.Hosting;

namespace KonUpgrade.Engine.Tests.Systems;

/// <summary>What a Kubermatic puts on its clusters, small.</summary>
internal static class KubermaticScene
{
    /// <summary>The definitions and the namespace that an installer makes.</summary>
    public static IEnumerable<string> Installed(bool master)
    {
        yield return """{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"kubermatic"}}""";
        foreach (var kind in new[] { "Cluster", "User", "Project", "Preset" })
            yield return Definition(kind, "Cluster");
        foreach (var kind in new[] { "Seed", "KubermaticConfiguration", "Addon" })
            yield return Definition(kind, "Namespaced");
        if (master)
            yield return Definition("KubermaticSetting", "Cluster");
    }

    public static string Object(string kind, string name, string? ns = null, string spec = "{}", string more = "") =>
        $$$"""{"apiVersion":"kubermatic.k8c.io/v1","kind":"{{{kind}}}","metadata":{"name":"{{{name}}}"{{{(ns is null ? "" : $",\"namespace\":\"{ns}\"")}}}},"spec":{{{spec}}}{{{more}}}}""";

    public static string Seed(string name, string? secret, long? clusters = null, string? backupSecret = null) => Object(
        "Seed",
        name,
        "kubermatic",
        $$$"""{"country":"DE"{{{(secret is null ? "" : $",\"kubeconfig\":{{\"name\":\"{secret}\"}}")}}}{{{(backupSecret is null ? "" : $",\"etcdBackupRestore\":{{\"destinations\":{{\"s3\":{{\"credentials\":{{\"name\":\"{backupSecret}\",\"namespace\":\"kube-system\"}}}}}}}}")}}}}""",
        clusters is null ? "" : $$$""","status":{"clusters":{{{clusters}}}}""");

    public static string Secret(string name, string key, string value, string ns = "kubermatic") =>
        $$$"""{"apiVersion":"v1","kind":"Secret","metadata":{"name":"{{{name}}}","namespace":"{{{ns}}}"},"data":{"{{{key}}}":"{{{Convert.ToBase64String(Encoding.UTF8.GetBytes(value))}}}"}}""";

    /// <summary>The KubermaticConfiguration as an installer writes it.</summary>
    /// <param name="seedController">Its <c>spec.seedController</c> as JSON; null for none.</param>
    /// <param name="version">What the operator has written as version; null for nothing.</param>
    /// <param name="ns">Its namespace.</param>
    /// <param name="edition">What the operator has written as edition.</param>
    /// <param name="spec">More of its spec, each with a comma before it.</param>
    public static string Settings(string? seedController = null, string? version = "v2.31.0", string ns = "kubermatic", string edition = "Community Edition", string spec = "") => Object(
        "KubermaticConfiguration",
        "kubermatic",
        ns,
        $$"""{"ingress":{"domain":"kkp.example.com"}{{(seedController is null ? "" : $",\"seedController\":{seedController}")}}{{spec}}}""",
        version is null ? "" : $$$""","status":{"kubermaticVersion":"{{{version}}}","kubermaticEdition":"{{{edition}}}"}""");

    /// <summary>A user cluster, wholly reconciled by a version unless it is said otherwise.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="version">The version that its conditions are of.</param>
    /// <param name="upToDate">Whether its workloads are as they are to be.</param>
    /// <param name="controller">Whether the seed's controller has come round.</param>
    /// <param name="spec">More of its spec, each with a comma before it.</param>
    /// <param name="status">More of its status, each with a comma before it.</param>
    /// <param name="metadata">More of its metadata, each with a comma before it.</param>
    /// <param name="since">When its conditions last changed.</param>
    /// <param name="addonVersion">The version that its condition of addons is of; null for the same as of the others.</param>
    public static string UserCluster(
        string name, string version = "v2.31.0", bool upToDate = true, bool controller = true, string spec = "", string status = "", string metadata = "", string since = "2026-03-02T09:05:00Z", string? addonVersion = null)
    {
        string Condition(string type, bool isTrue, string? of = null) =>
            $"\"{type}\":{{\"status\":\"{isTrue}\",\"kubermaticVersion\":\"{of ?? version}\",\"lastTransitionTime\":\"{since}\",\"reason\":\"Because\"}}";
        var conditions = string.Join(
            ',',
            Condition("SeedResourcesUpToDate", upToDate),
            Condition("ClusterControllerReconciledSuccessfully", controller),
            Condition("AddonControllerReconciledSuccessfully", true, addonVersion),
            Condition("CloudControllerReconciledSuccessfully", true),
            Condition("UpdateControllerReconciledSuccessfully", true),
            Condition("MonitoringControllerReconciledSuccessfully", true));
        return $$$"""{"apiVersion":"kubermatic.k8c.io/v1","kind":"Cluster","metadata":{"name":"{{{name}}}"{{{metadata}}}},"spec":{"humanReadableName":"{{{name}}}","version":"1.34.4"{{{spec}}}},"status":{"phase":"Running","extendedHealth":{"apiserver":"HealthStatusUp","etcd":"HealthStatusUp"},"conditions":{{{{conditions}}}}{{{status}}}}}""";
    }

    /// <summary>The regular backups of a user cluster's etcd.</summary>
    /// <param name="cluster">The name of the cluster.</param>
    /// <param name="backups">How far each is, when it was, and what was said of it.</param>
    public static string EtcdBackups(string cluster, params (string Phase, DateTimeOffset Time, string Message)[] backups) => new JsonObject
    {
        ["apiVersion"] = "kubermatic.k8c.io/v1",
        ["kind"] = "EtcdBackupConfig",
        ["metadata"] = new JsonObject { ["name"] = "default-backups", ["namespace"] = $"cluster-{cluster}" },
        ["spec"] = new JsonObject { ["name"] = "default-backups", ["schedule"] = "@every 20m", ["destination"] = "s3", ["cluster"] = new JsonObject { ["kind"] = "Cluster", ["name"] = cluster } },
        ["status"] = new JsonObject
        {
            ["currentBackups"] = new JsonArray(
            [
                .. backups.Select(backup => new JsonObject
                {
                    ["backupPhase"] = backup.Phase,
                    ["scheduledTime"] = $"{backup.Time:O}",
                    ["backupFinishedTime"] = $"{backup.Time:O}",
                    ["backupMessage"] = backup.Message,
                }),
            ]),
        },
    }.ToJsonString();

    /// <summary>A Deployment of Kubermatic's own, rolled out.</summary>
    public static string Deployment(string name, string[]? args = null, int ready = 1, int replicas = 1, long generation = 1, string ns = "kubermatic") => new JsonObject
    {
        ["apiVersion"] = "apps/v1",
        ["kind"] = "Deployment",
        ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = ns, ["generation"] = generation },
        ["spec"] = new JsonObject
        {
            ["replicas"] = replicas,
            ["selector"] = new JsonObject { ["matchLabels"] = new JsonObject { ["app"] = name } },
            ["template"] = new JsonObject
            {
                ["metadata"] = new JsonObject { ["labels"] = new JsonObject { ["app"] = name } },
                ["spec"] = new JsonObject { ["containers"] = new JsonArray(new JsonObject { ["name"] = "c", ["image"] = "quay.io/k:1", ["args"] = new JsonArray([.. (args ?? []).Select(arg => (JsonNode)arg)]) }) },
            },
        },
        ["status"] = new JsonObject { ["observedGeneration"] = generation, ["replicas"] = replicas, ["updatedReplicas"] = ready, ["availableReplicas"] = ready, ["readyReplicas"] = ready },
    }.ToJsonString();

    /// <summary>A context's kubeconfig, as a Seed's Secret has it.</summary>
    public static string KubeConfigOf(SandboxHost host, string context) =>
        Regex.Replace(File.ReadAllText(host.KubeConfigPath), "current-context: .*", $"current-context: {context}");

    /// <summary>The definition of a kind of Kubermatic's own.</summary>
    public static string Definition(string kind, string scope)
    {
        var name = kind.ToLowerInvariant();
        return new JsonObject
        {
            ["apiVersion"] = "apiextensions.k8s.io/v1",
            ["kind"] = "CustomResourceDefinition",
            ["metadata"] = new JsonObject { ["name"] = $"{name}s.kubermatic.k8c.io" },
            ["spec"] = new JsonObject
            {
                ["group"] = "kubermatic.k8c.io",
                ["scope"] = scope,
                ["names"] = new JsonObject { ["kind"] = kind, ["plural"] = name + "s", ["singular"] = name, ["listKind"] = kind + "List" },
                ["versions"] = new JsonArray(new JsonObject
                {
                    ["name"] = "v1",
                    ["served"] = true,
                    ["storage"] = true,
                    ["schema"] = new JsonObject { ["openAPIV3Schema"] = new JsonObject { ["type"] = "object", ["x-kubernetes-preserve-unknown-fields"] = true } },
                }),
            },
        }.ToJsonString();
    }
}
