using System.Text.Json.Nodes;

namespace KonUpgrade.Engine.ApiVersions.Conversions;

/// <summary>PodDisruptionBudgets on their way from policy/v1beta1 to policy/v1.</summary>
internal sealed class BudgetConverter : IObjectConverter
{
    /// <inheritdoc/>
    public IReadOnlyList<string> Kinds => ["PodDisruptionBudget"];

    /// <inheritdoc/>
    public bool Converts(string from, string to) => from == "policy/v1beta1" && to == "policy/v1";

    /// <inheritdoc/>
    public IReadOnlyList<string> Convert(JsonObject o, string to)
    {
        // Of v1beta1 neither an empty selector nor none selects a pod; of v1 an empty one selects them all.
        if (o.Mapping("spec") is not { } spec || spec.Mapping("selector") is not { } selector || Selects(selector))
            return [];
        spec.Remove("selector");
        return [$"Its selector is empty: that selected no pod, and would select every pod of the namespace in {to}. It has none now, and selects no pod as before; give it a selector, or delete it."];
    }

    private static bool Selects(JsonObject selector) => selector["matchLabels"] is JsonObject { Count: > 0 } || selector["matchExpressions"] is JsonArray { Count: > 0 };
}
