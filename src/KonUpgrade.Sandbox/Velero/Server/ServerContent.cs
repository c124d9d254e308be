using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Api;
using KonUpgrade.Sandbox.Behaviors;
using KonUpgrade.Sandbox.Velero.Definitions;

namespace KonUpgrade.Sandbox.Velero.Server;

/// <summary>What an installation puts into a cluster: definitions, the server with its account and role, and where backups lie.</summary>
internal static class ServerContent
{
    private const string Name = "velero";

    public static void Lay(VeleroServer server)
    {
        var seeding = new Seeding(server.Cluster, Name);
        foreach (JsonObject definition in VeleroDefinitions.All()) seeding.Lay(definition);
        foreach (JsonObject item in Objects(server)) seeding.Lay(item);
    }

    private static IEnumerable<JsonObject> Objects(VeleroServer server)
    {
        VeleroInstallation asked = server.Installation;
        string role = asked.RoleArn ?? $"arn:aws:iam::{server.Region.AccountId}:role/{VeleroServer.RoleOf(server.Cluster.Name)}";
        yield return Item("v1", "Namespace", asked.Namespace, string.Empty, []);
        JsonObject account = Item("v1", "ServiceAccount", Name, asked.Namespace, []);
        if (role.Length > 0) Metadata.Of(account)["annotations"] = new JsonObject { ["eks.amazonaws.com/role-arn"] = role };
        yield return account;
        yield return Item("rbac.authorization.k8s.io/v1", "ClusterRoleBinding", Name, string.Empty, new JsonObject
        {
            ["roleRef"] = new JsonObject { ["apiGroup"] = "rbac.authorization.k8s.io", ["kind"] = "ClusterRole", ["name"] = "cluster-admin" },
            ["subjects"] = new JsonArray(new JsonObject { ["kind"] = "ServiceAccount", ["name"] = Name, ["namespace"] = asked.Namespace }),
        });
        yield return Item("apps/v1", "Deployment", Name, asked.Namespace, new JsonObject
        {
            ["spec"] = new JsonObject
            {
                ["replicas"] = 1L,
                ["selector"] = new JsonObject { ["matchLabels"] = new JsonObject { ["deploy"] = Name } },
                ["template"] = Template(asked, "deploy", Name, "server"),
            },
            ["status"] = new JsonObject
            {
                ["observedGeneration"] = 1L,
                ["replicas"] = 1L,
                ["updatedReplicas"] = 1L,
                ["readyReplicas"] = 1L,
                ["availableReplicas"] = 1L,
                ["conditions"] = new JsonArray(new JsonObject
                {
                    ["type"] = "Available",
                    ["status"] = "True",
                    ["reason"] = "MinimumReplicasAvailable",
                    ["message"] = "Deployment has minimum availability.",
                    ["lastUpdateTime"] = Metadata.Time(server.Cluster.Now),
                    ["lastTransitionTime"] = Metadata.Time(server.Cluster.Now),
                }),
            },
        });
        if (asked.NodeAgent)
        {
            yield return Item("apps/v1", "DaemonSet", "node-agent", asked.Namespace, new JsonObject
            {
                ["spec"] = new JsonObject
                {
                    ["selector"] = new JsonObject { ["matchLabels"] = new JsonObject { ["name"] = "node-agent" } },
                    ["template"] = Template(asked, "name", "node-agent", "node-agent", "server"),
                },
            });
        }
        yield return Item("velero.io/v1", "BackupStorageLocation", "default", asked.Namespace, new JsonObject
        {
            ["spec"] = new JsonObject
            {
                ["provider"] = "aws",
                ["default"] = true,
                ["accessMode"] = asked.AccessMode,
                ["objectStorage"] = asked.Prefix.Length == 0 ? new JsonObject { ["bucket"] = asked.Bucket } : new JsonObject { ["bucket"] = asked.Bucket, ["prefix"] = asked.Prefix },
                ["config"] = new JsonObject { ["region"] = asked.Region },
            },
        });
        yield return Item("velero.io/v1", "VolumeSnapshotLocation", "default", asked.Namespace, new JsonObject
        {
            ["spec"] = new JsonObject { ["provider"] = "aws", ["config"] = new JsonObject { ["region"] = asked.Region } },
        });
    }

    private static JsonObject Item(string apiVersion, string kind, string name, string @namespace, JsonObject rest)
    {
        var metadata = new JsonObject { ["name"] = name, ["labels"] = new JsonObject { ["component"] = Name } };
        if (@namespace.Length > 0) metadata["namespace"] = @namespace;
        var item = new JsonObject { ["apiVersion"] = apiVersion, ["kind"] = kind, ["metadata"] = metadata };
        foreach ((string field, JsonNode? value) in rest) item[field] = value?.DeepClone();
        return item;
    }

    private static JsonObject Template(VeleroInstallation asked, string label, string name, params string[] arguments) => new()
    {
        ["metadata"] = new JsonObject { ["labels"] = new JsonObject { ["component"] = Name, [label] = name } },
        ["spec"] = new JsonObject
        {
            ["serviceAccountName"] = Name,
            ["containers"] = new JsonArray(new JsonObject
            {
                ["name"] = name,
                ["image"] = $"velero/velero:{asked.Version}",
                ["command"] = new JsonArray("/velero"),
                ["args"] = new JsonArray([.. arguments.Select(argument => (JsonNode?)argument)]),
            }),
        },
    };
}
