using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Api;
using KonUpgrade.Sandbox.Behaviors;

namespace KonUpgrade.Sandbox.Kubeflow;

/// <summary>Makes a StatefulSet, a Service and a way in of each Notebook, scaled to nothing while the Notebook is stopped.</summary>
internal sealed class NotebookController(OperatorObjects objects) : SimulatedOperator(objects, "kubeflow", "notebook-controller-deployment")
{
    private const string Manager = "notebook-controller";
    private const string Group = "kubeflow.org";

    public override void Work()
    {
        foreach (JsonObject notebook in Objects.All(Group, "notebooks").ToList())
        {
            if (!Metadata.IsTerminating(notebook)) Reconcile(notebook);
        }
    }

    private void Reconcile(JsonObject notebook)
    {
        string name = Metadata.Name(notebook), ns = Metadata.Namespace(notebook);
        long wanted = (Metadata.Of(notebook)["annotations"] as JsonObject)?.ContainsKey("kubeflow-resource-stopped") == true ? 0 : 1;
        Objects.Make("apps", "statefulsets", ns, name, Manager, notebook, () => new JsonObject
        {
            ["spec"] = new JsonObject
            {
                ["replicas"] = wanted,
                ["serviceName"] = name,
                ["selector"] = new JsonObject { ["matchLabels"] = new JsonObject { ["statefulset"] = name } },
                ["template"] = new JsonObject
                {
                    ["metadata"] = new JsonObject { ["labels"] = new JsonObject { ["statefulset"] = name, ["notebook-name"] = name } },
                    ["spec"] = notebook["spec"]?["template"]?["spec"]?.DeepClone() ?? new JsonObject(),
                },
            },
        });
        Objects.Change("apps", "statefulsets", ns, name, set =>
        {
            if (set["spec"] is not JsonObject spec || spec["replicas"]?.GetValue<long>() == wanted) return false;
            spec["replicas"] = wanted;
            return true;
        });
        Objects.Make(string.Empty, "services", ns, name, Manager, notebook, () => new JsonObject
        {
            ["spec"] = new JsonObject { ["selector"] = new JsonObject { ["statefulset"] = name }, ["ports"] = new JsonArray(new JsonObject { ["name"] = $"http-{name}", ["port"] = 80L, ["targetPort"] = 8888L }) },
        });
        Objects.Make("networking.istio.io", "virtualservices", ns, $"notebook-{ns}-{name}", Manager, notebook, () => new JsonObject
        {
            ["spec"] = new JsonObject { ["hosts"] = new JsonArray("*"), ["gateways"] = new JsonArray("kubeflow/kubeflow-gateway") },
        });
        long ready = Objects.Find("apps", "statefulsets", ns, name)?["status"]?["readyReplicas"]?.GetValue<long>() ?? 0;
        Objects.Change(Group, "notebooks", ns, name, item =>
        {
            if (item["status"] is JsonObject { } told && told["readyReplicas"]?.GetValue<long>() == ready) return false;
            item["status"] = new JsonObject { ["conditions"] = new JsonArray(), ["containerState"] = new JsonObject(), ["readyReplicas"] = ready };
            return true;
        }, Manager);
    }
}
