using System.Text.Json.Nodes;
using KonUpgrade.Engine.ApiVersions.CustomResourceDefinitions;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.ApiVersions.Conversions;

/// <summary>CustomResourceDefinitions on their way to v1, from v1beta1 and from what v1 keeps of it.</summary>
internal sealed class DefinitionConverter : IObjectConverter
{
    /// <inheritdoc/>
    public IReadOnlyList<string> Kinds => ["CustomResourceDefinition"];

    /// <inheritdoc/>
    public bool Converts(string from, string to) => to == CrdConverter.ApiVersion && ApiResource.GroupOf(from) == ApiResource.GroupOf(to);

    /// <inheritdoc/>
    public bool IsNeeded(JsonObject o, string to) => CrdConverter.IsNeeded(o);

    /// <inheritdoc/>
    /// <exception cref="UpgradeException">DefinitionIncomplete: it lacks what no version of a definition can be without.</exception>
    public IReadOnlyList<string> Convert(JsonObject o, string to)
    {
        // Of v1 there is none that a server did not take.
        var missing = (string?)o["apiVersion"] == CrdConverter.ApiVersion ? [] : Missing(o["spec"] as JsonObject ?? []);
        return missing.Count == 0 ? CrdConverter.Convert(o) : throw new UpgradeException(new Failure
        {
            Id = "DefinitionIncomplete",
            Kind = FailureKind.InvalidData,
            Message = $"The CustomResourceDefinition can't be converted, since it lacks {string.Join(", ", missing)}.",
            Recommendation = "Write there what is missing: no server takes the definition without it.",
        });
    }

    private static List<string> Missing(JsonObject spec)
    {
        var missing = new List<string>();
        Want(spec, "group", "spec.group");
        Want(spec["names"] as JsonObject ?? [], "kind", "spec.names.kind");
        Want(spec["names"] as JsonObject ?? [], "plural", "spec.names.plural");
        if (spec["versions"] is JsonArray { Count: > 0 } versions)
        {
            for (var i = 0; i < versions.Count; i++)
                Want(versions[i] as JsonObject ?? [], "name", $"spec.versions[{i}].name");
        }
        else
        {
            Want(spec, "version", "spec.versions");
        }

        return missing;

        void Want(JsonObject node, string name, string path)
        {
            if (node[name] is not JsonValue value || !value.TryGetValue<string>(out var text) || text.Length == 0)
                missing.Add(path);
        }
    }
}
