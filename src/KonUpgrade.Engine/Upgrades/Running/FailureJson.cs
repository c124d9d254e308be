using System.Text.Json.Nodes;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Upgrades.Running;

/// <summary>Failures as a journal keeps them.</summary>
internal static class FailureJson
{
    /// <summary>The failure as JSON.</summary>
    public static JsonObject Of(Failure failure)
    {
        var json = new JsonObject { ["id"] = failure.Id, ["kind"] = failure.Kind.ToString(), ["message"] = failure.Message };
        if (failure.Recommendation is not null)
            json["recommendation"] = failure.Recommendation;
        if (failure.Target is not null)
            json["target"] = failure.Target;
        return new JsonObject { ["failure"] = json };
    }

    /// <summary>Reads it; null where there is none.</summary>
    public static Failure? Read(JsonObject? data) => data?["failure"] is JsonObject json
        ? new Failure
        {
            Id = json["id"]?.GetValue<string>() ?? "Unknown",
            Kind = Enum.TryParse<FailureKind>(json["kind"]?.GetValue<string>(), out var kind) ? kind : FailureKind.Unspecified,
            Message = json["message"]?.GetValue<string>() ?? "",
            Recommendation = json["recommendation"]?.GetValue<string>(),
            Target = json["target"]?.GetValue<string>(),
        }
        : null;
}
