using System.Text.Json.Nodes;

namespace KonUpgrade.Sandbox.Schemas.Conversions;

/// <summary>PriorityLevelConfiguration: the first two versions call the shares assured, the later ones nominal.</summary>
internal sealed class PriorityLevelShapes : IVersionShapes
{
    public void ToCommon(JsonObject obj, string group, string version)
    {
        if (version is "v1beta1" or "v1beta2" && obj["spec"]?["limited"] is JsonObject limited)
            limited.Rename("assuredConcurrencyShares", "nominalConcurrencyShares");
    }

    public void FromCommon(JsonObject obj, string group, string version)
    {
        if (version is "v1beta1" or "v1beta2" && obj["spec"]?["limited"] is JsonObject limited)
            limited.Rename("nominalConcurrencyShares", "assuredConcurrencyShares");
    }
}
