using System.Text;

namespace KonUpgrade.Engine.Tests.Upgrades.Secrets;

/// <summary>A value that only some may see, and that is looked for wherever an upgrade writes.</summary>
/// <param name="Where">Where it was planted.</param>
/// <param name="Value">The value.</param>
internal sealed record PlantedSecret(string Where, string Value)
{
    private string Encoded { get; } = Convert.ToBase64String(Encoding.UTF8.GetBytes(Value));

    /// <summary>Whether a text has it, plain or in base64.</summary>
    public bool IsIn(string text) => text.Contains(Value, StringComparison.Ordinal) || text.Contains(Encoded, StringComparison.Ordinal);
}
