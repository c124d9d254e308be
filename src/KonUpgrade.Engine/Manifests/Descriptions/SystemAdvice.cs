using KonUpgrade.Model;

namespace KonUpgrade.Engine.Manifests.Descriptions;

/// <summary>A rule of the part <c>advice</c> of a system's description: what is worth knowing, and where.</summary>
public sealed record SystemAdvice
{
    /// <summary>A stable name.</summary>
    public required string Id { get; init; }

    /// <summary>Where it matters.</summary>
    public required UpgradeAdvicePoint At { get; init; }

    /// <summary>The kinds that it is about; at an import it is said of each of their objects that arrives. Empty where it is about the system.</summary>
    public IReadOnlyList<string> Kinds { get; init; } = [];

    /// <summary>What it is and what to do.</summary>
    public required string Text { get; init; }

    internal static SystemAdvice Read(DescriptionNode node)
    {
        var at = node.RequiredText("at");
        return new SystemAdvice
        {
            Id = node.RequiredText("id"),
            At = Enum.GetNames<UpgradeAdvicePoint>().Contains(at)
                ? Enum.Parse<UpgradeAdvicePoint>(at)
                : throw node.Error("at", $"'{at}' is no point of an upgrade: {string.Join(", ", Enum.GetNames<UpgradeAdvicePoint>())}."),
            Kinds = node.Texts("kinds"),
            Text = node.RequiredText("text"),
        };
    }
}
