using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Api;
using KonUpgrade.Sandbox.Behaviors;

namespace KonUpgrade.Sandbox.Kubeflow;

/// <summary>Says of each InferenceService that it is ready; of what serves it nothing is made.</summary>
internal sealed class ModelController(OperatorObjects objects) : SimulatedOperator(objects, "kubeflow", "kserve-controller-manager")
{
    private const string Group = "serving.kserve.io";
    private const string Manager = "kserve-controller";

    private static readonly string[] s_conditions = ["IngressReady", "PredictorReady", "Ready"];

    public override void Work()
    {
        foreach (JsonObject model in Objects.All(Group, "inferenceservices").ToList())
        {
            if (Metadata.IsTerminating(model)) continue;
            string name = Metadata.Name(model), ns = Metadata.Namespace(model);
            Objects.Change(Group, "inferenceservices", ns, name, item =>
            {
                if (item["status"] is JsonObject { Count: > 0 }) return false;
                item["status"] = new JsonObject
                {
                    ["conditions"] = new JsonArray([.. s_conditions.Select(type => (JsonNode)new JsonObject { ["type"] = type, ["status"] = "True" })]),
                    ["url"] = $"http://{name}.{ns}.example.com",
                };
                return true;
            }, Manager);
        }
    }
}
