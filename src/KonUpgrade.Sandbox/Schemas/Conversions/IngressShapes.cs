using System.Text.Json.Nodes;

namespace KonUpgrade.Sandbox.Schemas.Conversions;

/// <summary>Ingress: v1beta1 (both groups) names a backend by serviceName and servicePort, v1 by service.</summary>
internal sealed class IngressShapes : IVersionShapes
{
    public void ToCommon(JsonObject obj, string group, string version)
    {
        if (version == "v1" || obj["spec"] is not JsonObject spec)
            return;
        spec.Rename("backend", "defaultBackend");
        ForEachBackend(spec, backend =>
        {
            var name = backend.Take("serviceName");
            var port = backend.Take("servicePort");
            if (Json.Text(name) is not { Length: > 0 })
                return;
            var service = new JsonObject { ["name"] = name };
            if (Json.TryInteger(port, out _))
                service["port"] = new JsonObject { ["number"] = port };
            else if (Json.Text(port) is { Length: > 0 })
                service["port"] = new JsonObject { ["name"] = port };
            backend["service"] = service;
        });
    }

    public void FromCommon(JsonObject obj, string group, string version)
    {
        if (version == "v1" || obj["spec"] is not JsonObject spec)
            return;
        ForEachBackend(spec, backend =>
        {
            if (backend.Take("service") is not JsonObject service)
                return;
            backend.Put("serviceName", service.Take("name"));
            if (service["port"] is JsonObject port)
                backend.Put("servicePort", port.Take("number") is { } number && Json.TryInteger(number, out var n) && n != 0 ? number : port.Take("name"));
        });
        spec.Rename("defaultBackend", "backend");
    }

    private static void ForEachBackend(JsonObject spec, Action<JsonObject> change)
    {
        if (spec["defaultBackend"] is JsonObject main)
            change(main);
        foreach (var path in Fields.Items(spec["rules"]).SelectMany(r => Fields.Items(r["http"]?["paths"])))
        {
            if (path["backend"] is JsonObject backend)
                change(backend);
        }
    }
}
