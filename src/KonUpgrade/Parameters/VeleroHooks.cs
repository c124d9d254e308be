using System.Collections.Specialized;
using System.Text.Json.Nodes;
using KonUpgrade.Engine.Manifests.Objects;

namespace KonUpgrade.Parameters;

/// <summary>Hooks as the command line gives them: tables with the fields of Velero's own objects.</summary>
internal static class VeleroHooks
{
    /// <summary>The hooks as Velero takes them; null for none.</summary>
    /// <exception cref="UpgradeException">They are no tables, or hold what is no JSON.</exception>
    public static JsonArray? Read(object[]? hooks)
    {
        if (hooks is not { Length: > 0 })
            return null;
        var manifest = new OrderedDictionary
        {
            ["apiVersion"] = "velero.io/v1",
            ["kind"] = "Backup",
            ["metadata"] = new OrderedDictionary { ["name"] = "hooks" },
            ["spec"] = new OrderedDictionary { ["hooks"] = hooks },
        };
        using var writer = new ObjectWriter(ScriptValue.Unwrap);
        var read = JsonNode.Parse(writer.ToJson(manifest, default).Span)!["spec"]!["hooks"]!.DeepClone().AsArray();
        return read.All(hook => hook is JsonObject) ? read : throw new UpgradeException(new Failure
        {
            Id = "HookInvalid",
            Kind = FailureKind.InvalidArgument,
            Message = $"A hook is a table, and '{read.First(hook => hook is not JsonObject)}' is none.",
        });
    }
}
