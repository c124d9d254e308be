using System.Text;
using System.Text.Json.Nodes;

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

    private static string Definition(string kind, string scope)
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
