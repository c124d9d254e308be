using System.Text.Json.Nodes;

namespace KonUpgrade.Rehearsal.Content;

/// <summary>The kinds of Konstellation as custom resources of apiextensions.k8s.io/v1, with schemas of our own.</summary>
internal static class KonstellationCrds
{
    public const string Group = "k11n.dev";

    public const string ApiVersion = "k11n.dev/v1alpha1";

    private static readonly IReadOnlyList<Crd> Kinds =
    [
        new("App", "apps", Namespaced: false, HasStatus: true, ["image"]),
        new("AppTarget", "apptargets", Namespaced: false, HasStatus: true, ["app", "target", "build", "deployMode"]),
        new("AppRelease", "appreleases", Namespaced: true, HasStatus: true, ["app", "target", "build", "role"]),
        new("Build", "builds", Namespaced: false, HasStatus: true, ["registry", "image", "tag", "createdAt"]),
        new("CertificateRef", "certificaterefs", Namespaced: false, HasStatus: false, ["providerId", "domain", "status", "expiresAt"]),
        new("ClusterConfig", "clusterconfigs", Namespaced: false, HasStatus: true, ["version", "kubeVersion", "cloud", "region"]),
        new("IngressRequest", "ingressrequests", Namespaced: true, HasStatus: true, ["hosts"]),
        new("LinkedServiceAccount", "linkedserviceaccounts", Namespaced: false, HasStatus: true, ["targets"]),
        new("Nodepool", "nodepools", Namespaced: false, HasStatus: true, ["minSize", "maxSize", "machineType"]),
    ];

    public static IEnumerable<ClusterObject> All => Kinds.Select(Make).Append(AppConfig());

    private static ClusterObject Make(Crd kind)
    {
        var schema = new JsonObject
        {
            ["type"] = "object",
            ["required"] = new JsonArray("spec"),
            ["properties"] = new JsonObject
            {
                ["spec"] = new JsonObject
                {
                    ["type"] = "object",
                    ["required"] = new JsonArray([.. kind.Required.Select(field => JsonValue.Create(field))]),
                    ["x-kubernetes-preserve-unknown-fields"] = true,
                },
            },
        };
        if (kind.HasStatus)
        {
            schema["properties"]!["status"] = new JsonObject { ["type"] = "object", ["x-kubernetes-preserve-unknown-fields"] = true };
        }

        return Make(kind, schema);
    }

    // The one kind without a spec: what it says stands at the top.
    private static ClusterObject AppConfig() => Make(
        new Crd("AppConfig", "appconfigs", Namespaced: false, HasStatus: false, []),
        new JsonObject
        {
            ["type"] = "object",
            ["required"] = new JsonArray("type", "config"),
            ["properties"] = new JsonObject
            {
                ["type"] = new JsonObject { ["type"] = "string", ["enum"] = new JsonArray("app", "shared") },
                ["config"] = new JsonObject { ["type"] = "string", ["format"] = "byte" },
            },
        });

    private static ClusterObject Make(Crd kind, JsonObject schema)
    {
        var version = new JsonObject
        {
            ["name"] = "v1alpha1",
            ["served"] = true,
            ["storage"] = true,
            ["schema"] = new JsonObject { ["openAPIV3Schema"] = schema },
        };
        if (kind.HasStatus)
            version["subresources"] = new JsonObject { ["status"] = new JsonObject() };
        return new ClusterObject("kon", new JsonObject
        {
            ["apiVersion"] = "apiextensions.k8s.io/v1",
            ["kind"] = "CustomResourceDefinition",
            ["metadata"] = new JsonObject { ["name"] = $"{kind.Plural}.{Group}" },
            ["spec"] = new JsonObject
            {
                ["group"] = Group,
                ["scope"] = kind.Namespaced ? "Namespaced" : "Cluster",
                ["names"] = new JsonObject
                {
                    ["kind"] = kind.Kind,
                    ["listKind"] = kind.Kind + "List",
                    ["plural"] = kind.Plural,
                    ["singular"] = kind.Kind.ToLowerInvariant(),
                },
                ["versions"] = new JsonArray(version),
            },
        });
    }

    private sealed record Crd(string Kind, string Plural, bool Namespaced, bool HasStatus, IReadOnlyList<string> Required);
}
