using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Api;
using KonUpgrade.Sandbox.Requests;

namespace KonUpgrade.Sandbox.Behaviors;

/// <summary>What is in a cluster before anyone has put anything there.</summary>
internal static class ClusterContent
{
    private const string Controllers = "kube-controller-manager";
    private const string Server = "kube-apiserver";

    private static readonly string[] Namespaces = ["default", "kube-node-lease", "kube-public", "kube-system"];

    /// <summary>Fills an empty cluster. The same identity and name give the same UIDs.</summary>
    public static void Lay(SimulatedCluster cluster)
    {
        foreach (string name in Namespaces)
        {
            Create(cluster, string.Empty, "namespaces", string.Empty, Server, new JsonObject
            {
                ["metadata"] = new JsonObject { ["name"] = name, ["uid"] = Stable.Uid($"{cluster.Settings.Identity}/{cluster.Name}/namespaces/{name}") },
            });
        }
        Create(cluster, string.Empty, "services", "default", Server, new JsonObject
        {
            ["metadata"] = new JsonObject
            {
                ["name"] = "kubernetes",
                ["labels"] = new JsonObject { ["component"] = "apiserver", ["provider"] = "kubernetes" },
            },
            ["spec"] = new JsonObject
            {
                ["clusterIP"] = "10.96.0.1",
                ["ports"] = new JsonArray(new JsonObject { ["name"] = "https", ["port"] = 443L, ["protocol"] = "TCP", ["targetPort"] = 6443L }),
            },
        });
        foreach ((string name, JsonArray rules) in Roles())
        {
            Create(cluster, "rbac.authorization.k8s.io", "clusterroles", string.Empty, Server, new JsonObject
            {
                ["metadata"] = Bootstrap(name),
                ["rules"] = rules,
            });
        }
        foreach ((string name, string role, string kind, string subject) in Bindings())
        {
            Create(cluster, "rbac.authorization.k8s.io", "clusterrolebindings", string.Empty, Server, new JsonObject
            {
                ["metadata"] = Bootstrap(name),
                ["roleRef"] = new JsonObject { ["apiGroup"] = "rbac.authorization.k8s.io", ["kind"] = "ClusterRole", ["name"] = role },
                ["subjects"] = new JsonArray(new JsonObject { ["apiGroup"] = "rbac.authorization.k8s.io", ["kind"] = kind, ["name"] = subject }),
            });
        }
    }

    /// <summary>What the controllers put into every namespace.</summary>
    public static void FillNamespace(SimulatedCluster cluster, string name)
    {
        Create(cluster, string.Empty, "configmaps", name, Controllers, new JsonObject
        {
            ["metadata"] = new JsonObject
            {
                ["name"] = "kube-root-ca.crt",
                ["annotations"] = new JsonObject
                {
                    ["kubernetes.io/description"] = "Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.",
                },
            },
            ["data"] = new JsonObject { ["ca.crt"] = cluster.Authenticator.AuthorityPem },
        });
        Create(cluster, string.Empty, "serviceaccounts", name, Controllers, new JsonObject { ["metadata"] = new JsonObject { ["name"] = "default" } });
    }

    private static void Create(SimulatedCluster cluster, string group, string plural, string @namespace, string manager, JsonObject item)
    {
        if (cluster.Catalog.FindPreferred(group, plural) is not { } any) return;
        ApiResource resource = cluster.Catalog.Resources.First(other => other.Collection == any.Collection && other.ApiVersion == other.StorageApiVersion);
        item["apiVersion"] = resource.ApiVersion;
        item["kind"] = resource.Kind;
        try
        {
            cluster.Writes.Create(resource, @namespace, item, new WriteOptions { Manager = manager, Seeding = true });
        }
        catch (ApiError present) when (present.Reason is "AlreadyExists" || present.Causes.Any(cause => cause.Reason == "NamespaceTerminating"))
        {
            // A namespace that changed has it all already, one that goes needs nothing.
        }
    }

    private static JsonObject Bootstrap(string name) => new()
    {
        ["name"] = name,
        ["annotations"] = new JsonObject { ["rbac.authorization.kubernetes.io/autoupdate"] = "true" },
        ["labels"] = new JsonObject { ["kubernetes.io/bootstrapping"] = "rbac-defaults" },
    };

    private static IEnumerable<(string Name, JsonArray Rules)> Roles()
    {
        yield return ("cluster-admin", [Rule(["*"], ["*"], ["*"]), new JsonObject { ["nonResourceURLs"] = new JsonArray("*"), ["verbs"] = new JsonArray("*") }]);
        yield return ("system:discovery", [new JsonObject { ["nonResourceURLs"] = new JsonArray("/api", "/api/*", "/apis", "/apis/*", "/healthz", "/livez", "/openapi", "/openapi/*", "/readyz", "/version", "/version/"), ["verbs"] = new JsonArray("get") }]);
        yield return ("system:basic-user", [Rule(["authorization.k8s.io"], ["selfsubjectaccessreviews", "selfsubjectrulesreviews"], ["create"])]);
        yield return ("system:controller:namespace-controller", [Rule([""], ["namespaces"], ["delete", "get", "list", "watch"])]);
        yield return ("view", [Rule([""], ["configmaps", "persistentvolumeclaims", "pods", "serviceaccounts", "services"], ["get", "list", "watch"])]);
    }

    private static IEnumerable<(string Name, string Role, string Kind, string Subject)> Bindings()
    {
        yield return ("cluster-admin", "cluster-admin", "Group", "system:masters");
        yield return ("system:basic-user", "system:basic-user", "Group", "system:authenticated");
        yield return ("system:discovery", "system:discovery", "Group", "system:authenticated");
    }

    private static JsonObject Rule(string[] groups, string[] resources, string[] verbs) => new()
    {
        ["apiGroups"] = new JsonArray([.. groups.Select(text => (JsonNode?)text)]),
        ["resources"] = new JsonArray([.. resources.Select(text => (JsonNode?)text)]),
        ["verbs"] = new JsonArray([.. verbs.Select(text => (JsonNode?)text)]),
    };
}
