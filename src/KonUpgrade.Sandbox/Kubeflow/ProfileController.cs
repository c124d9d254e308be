using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Api;
using KonUpgrade.Sandbox.Behaviors;

namespace KonUpgrade.Sandbox.Kubeflow;

/// <summary>
/// Makes the namespace of each Profile, and in it what its owner needs. A namespace that is there and not the owner's makes
/// the Profile fail, with nothing made.
/// </summary>
internal sealed class ProfileController(OperatorObjects objects) : SimulatedOperator(objects, "kubeflow", "profiles-deployment")
{
    private const string Manager = "profile-controller";
    private const string Group = "kubeflow.org";
    private const string Finalizer = "profile-finalizer";
    private const string Rbac = "rbac.authorization.k8s.io";

    public override void Work()
    {
        foreach (JsonObject profile in Objects.All(Group, "profiles").ToList()) Reconcile(profile);
    }

    private void Reconcile(JsonObject profile)
    {
        string name = Metadata.Name(profile);
        if (Metadata.IsTerminating(profile))
        {
            Objects.Change(Group, "profiles", string.Empty, name, item =>
            {
                if (!Metadata.Finalizers(item).Contains(Finalizer)) return false;
                Metadata.RemoveFinalizer(item, Finalizer);
                return true;
            });
            return;
        }
        string owner = profile["spec"]?["owner"] is JsonObject of ? Metadata.Text(of, "name") : string.Empty;
        if (Objects.Find(string.Empty, "namespaces", string.Empty, name) is { } there && Annotation(there, "owner") != owner)
        {
            Tell(name, "Failed", $"namespace already exist, but not owned by profile creator {owner}");
            return;
        }
        Objects.Make(string.Empty, "namespaces", string.Empty, name, Manager, profile, () => new JsonObject
        {
            ["metadata"] = new JsonObject
            {
                ["annotations"] = new JsonObject { ["owner"] = owner },
                ["labels"] = new JsonObject
                {
                    ["istio-injection"] = "enabled",
                    ["katib.kubeflow.org/metrics-collector-injection"] = "enabled",
                    ["serving.kubeflow.org/inferenceservice"] = "enabled",
                    ["pipelines.kubeflow.org/enabled"] = "true",
                    ["app.kubernetes.io/part-of"] = "kubeflow-profile",
                },
            },
        });
        Fill(profile, name, owner);
        Objects.Change(Group, "profiles", string.Empty, name, item =>
        {
            if (Metadata.Finalizers(item).Contains(Finalizer)) return false;
            Metadata.AddFinalizer(item, Finalizer);
            return true;
        });
        Tell(name, "Successful", string.Empty);
    }

    private void Fill(JsonObject profile, string name, string owner)
    {
        Objects.Make("security.istio.io", "authorizationpolicies", name, "ns-owner-access-istio", Manager, profile, () => new JsonObject
        {
            ["metadata"] = new JsonObject { ["annotations"] = new JsonObject { ["user"] = owner, ["role"] = "admin" } },
            ["spec"] = new JsonObject { ["rules"] = new JsonArray(new JsonObject { ["when"] = new JsonArray(new JsonObject { ["key"] = "request.headers[kubeflow-userid]", ["values"] = new JsonArray(owner) }) }) },
        });
        foreach ((string account, string role) in new[] { ("default-editor", "kubeflow-edit"), ("default-viewer", "kubeflow-view") })
        {
            Objects.Make(string.Empty, "serviceaccounts", name, account, Manager, profile, () => new JsonObject { ["metadata"] = AccountMetadata(profile, account) });
            Objects.Make(Rbac, "rolebindings", name, account, Manager, profile, () => Binding(role, "ServiceAccount", account, name));
        }
        Objects.Make(Rbac, "rolebindings", name, "namespaceAdmin", Manager, profile, () =>
        {
            JsonObject binding = Binding("kubeflow-admin", "User", owner, string.Empty);
            binding["metadata"] = new JsonObject { ["annotations"] = new JsonObject { ["user"] = owner, ["role"] = "admin" } };
            return binding;
        });
        if (profile["spec"]?["resourceQuotaSpec"] is JsonObject { } quota && quota["hard"] is JsonObject { Count: > 0 })
            Objects.Make(string.Empty, "resourcequotas", name, "kf-resource-quota", Manager, profile, () => new JsonObject { ["spec"] = quota.DeepClone() });
    }

    // The role comes from the Profile's plugin.
    private static JsonObject AccountMetadata(JsonObject profile, string account)
    {
        if (account != "default-editor" || profile["spec"]?["plugins"] is not JsonArray plugins) return [];
        string? role = plugins.OfType<JsonObject>().Where(plugin => Metadata.Text(plugin, "kind") == "AwsIamForServiceAccount")
            .Select(plugin => plugin["spec"]?["awsIamRole"]?.GetValue<string>()).FirstOrDefault();
        return role is null ? [] : new JsonObject { ["annotations"] = new JsonObject { ["eks.amazonaws.com/role-arn"] = role } };
    }

    private void Tell(string name, string type, string message) => Objects.Change(Group, "profiles", string.Empty, name, item =>
    {
        JsonObject status = item["status"] as JsonObject ?? [];
        if (status["conditions"] is JsonArray { Count: 1 } conditions && conditions[0] is JsonObject only && Metadata.Text(only, "type") == type) return false;
        var condition = new JsonObject { ["type"] = type };
        if (message.Length > 0) condition["message"] = message;
        status["conditions"] = new JsonArray(condition);
        item["status"] = status;
        return true;
    }, Manager);

    private static JsonObject Binding(string role, string kind, string subject, string @namespace)
    {
        var who = new JsonObject { ["kind"] = kind, ["name"] = subject };
        if (@namespace.Length > 0) who["namespace"] = @namespace;
        else who["apiGroup"] = Rbac;
        return new JsonObject
        {
            ["roleRef"] = new JsonObject { ["apiGroup"] = Rbac, ["kind"] = "ClusterRole", ["name"] = role },
            ["subjects"] = new JsonArray(who),
        };
    }

    private static string? Annotation(JsonObject item, string name) => (Metadata.Of(item)["annotations"] as JsonObject)?[name]?.GetValue<string>();
}
