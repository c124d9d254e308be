using System.Globalization;
using System.Text.Json.Nodes;

namespace KonUpgrade.Engine.ApiVersions.Conversions;

/// <summary>Ingresses of extensions/v1beta1 and networking.k8s.io/v1beta1 on their way to networking.k8s.io/v1.</summary>
internal sealed class IngressConverter : IObjectConverter
{
    /// <inheritdoc/>
    public IReadOnlyList<string> Kinds => ["Ingress"];

    /// <inheritdoc/>
    public bool Converts(string from, string to) => from is "extensions/v1beta1" or "networking.k8s.io/v1beta1" && to == "networking.k8s.io/v1";

    /// <inheritdoc/>
    public IReadOnlyList<string> Convert(JsonObject o, string to)
    {
        var notes = new List<string>();
        if (o.Mapping("spec") is not { } spec)
            return notes;
        if (spec.Take("backend") is JsonObject { Count: > 0 } backend)
            spec.Pin("defaultBackend", Backend(backend));
        var untold = 0;
        foreach (var path in spec.Mappings("rules").SelectMany(rule => rule.Mapping("http")?.Mappings("paths") ?? []))
        {
            if (path.Take("backend") is JsonObject old)
                path["backend"] = Backend(old);
            if (path.Pin("pathType", "ImplementationSpecific"))
                untold++;
        }

        if (untold > 0)
            notes.Add($"{untold} path(s) said no pathType: they are ImplementationSpecific, as they were without being told.");
        return notes;
    }

    private static JsonObject Backend(JsonObject old)
    {
        var name = old.Take("serviceName");
        var port = old.Take("servicePort");
        if (name is not null)
        {
            var service = new JsonObject { ["name"] = name };
            if (port is JsonValue value)
                service["port"] = Port(value);
            old["service"] = service;
        }

        return old;
    }

    // A text is a port's name, but for one of digits: no port may be called so, and its number is meant.
    private static JsonObject Port(JsonValue port) =>
        port.TryGetValue<string>(out var text)
            ? int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? new JsonObject { ["number"] = number } : new JsonObject { ["name"] = text }
            : new JsonObject { ["number"] = port.DeepClone() };
}
