using System.Text.Json.Nodes;

namespace KonUpgrade.Engine.ApiVersions.Conversions;

/// <summary>PriorityLevelConfigurations of flowcontrol.apiserver.k8s.io before v1, where no shares, or 0, meant 30.</summary>
internal sealed class PriorityLevelConverter : IObjectConverter
{
    private const string Group = "flowcontrol.apiserver.k8s.io";
    private const int Shares = 30;

    /// <inheritdoc/>
    public IReadOnlyList<string> Kinds => ["PriorityLevelConfiguration"];

    /// <inheritdoc/>
    public bool Converts(string from, string to) => (from, to) is
        (Group + "/v1alpha1" or Group + "/v1beta1" or Group + "/v1beta2", Group + "/v1beta3" or Group + "/v1")
        or (Group + "/v1beta3", Group + "/v1");

    /// <inheritdoc/>
    public IReadOnlyList<string> Convert(JsonObject o, string to)
    {
        if (o.Mapping("spec")?.Mapping("limited") is not { } limited)
            return [];
        limited.Rename("assuredConcurrencyShares", "nominalConcurrencyShares");
        if (limited["nominalConcurrencyShares"] is JsonValue value && value.TryGetValue<int>(out var shares) && shares == 0)
            limited["nominalConcurrencyShares"] = Shares;
        else
            limited.Pin("nominalConcurrencyShares", Shares);
        return [];
    }
}
