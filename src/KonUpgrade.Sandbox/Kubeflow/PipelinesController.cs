using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Api;
using KonUpgrade.Sandbox.Behaviors;

namespace KonUpgrade.Sandbox.Kubeflow;

/// <summary>Puts what the pipelines need into each namespace that is labelled for them.</summary>
internal sealed class PipelinesController(OperatorObjects objects) : SimulatedOperator(objects, "kubeflow", "kubeflow-pipelines-profile-controller")
{
    private const string Manager = "metacontroller";

    public override void Work()
    {
        foreach (JsonObject ns in Objects.All(string.Empty, "namespaces").ToList())
        {
            if (!Metadata.IsTerminating(ns) && (Metadata.Of(ns)["labels"] as JsonObject)?["pipelines.kubeflow.org/enabled"]?.GetValue<string>() == "true") Fill(Metadata.Name(ns));
        }
    }

    private void Fill(string ns)
    {
        Objects.Make(string.Empty, "configmaps", ns, "metadata-grpc-configmap", Manager, null, () => new JsonObject
        {
            ["data"] = new JsonObject { ["METADATA_GRPC_SERVICE_HOST"] = "metadata-grpc-service.kubeflow", ["METADATA_GRPC_SERVICE_PORT"] = "8080" },
        });
        Objects.Make(string.Empty, "secrets", ns, "mlpipeline-minio-artifact", Manager, null, () => new JsonObject { ["type"] = "Opaque", ["data"] = new JsonObject { ["accesskey"] = "c2ltdWxhdGVk", ["secretkey"] = "c2ltdWxhdGVk" } });
        foreach (string name in new[] { "ml-pipeline-visualizationserver", "ml-pipeline-ui-artifact" })
        {
            Objects.Make("apps", "deployments", ns, name, Manager, null, () => new JsonObject
            {
                ["spec"] = new JsonObject
                {
                    ["selector"] = new JsonObject { ["matchLabels"] = new JsonObject { ["app"] = name } },
                    ["template"] = new JsonObject
                    {
                        ["metadata"] = new JsonObject { ["labels"] = new JsonObject { ["app"] = name } },
                        ["spec"] = new JsonObject { ["containers"] = new JsonArray(new JsonObject { ["name"] = name, ["image"] = $"registry.example.com/{name}:2" }) },
                    },
                },
            });
            Objects.Make(string.Empty, "services", ns, name, Manager, null, () => new JsonObject
            {
                ["spec"] = new JsonObject { ["selector"] = new JsonObject { ["app"] = name }, ["ports"] = new JsonArray(new JsonObject { ["name"] = "http", ["port"] = 8888L }) },
            });
        }
        Objects.Make("networking.istio.io", "destinationrules", ns, "ml-pipeline-visualizationserver", Manager, null, () => new JsonObject { ["spec"] = new JsonObject { ["host"] = $"ml-pipeline-visualizationserver.{ns}.svc.cluster.local" } });
        Objects.Make("security.istio.io", "authorizationpolicies", ns, "ml-pipeline-visualizationserver", Manager, null, () => new JsonObject { ["spec"] = new JsonObject { ["rules"] = new JsonArray() } });
    }
}
