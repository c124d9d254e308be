namespace KonUpgrade.Engine.Manifests.Descriptions;

/// <summary>The part <c>import</c> of a system's description.</summary>
public sealed record SystemImport
{
    /// <summary>Kinds as <c>App.k11n.dev</c>, in the order in which they are to arrive.</summary>
    public IReadOnlyList<string> Order { get; init; } = [];

    /// <summary>
    /// Kinds whose objects make the namespace of their name, each by itself: they arrive where namespaces do, and what lives
    /// in such a namespace waits for it.
    /// </summary>
    public IReadOnlyList<string> Namespaces { get; init; } = [];

    /// <summary>What an export carries for reference, and an import leaves alone.</summary>
    public IReadOnlyList<SkipRule> Skip { get; init; } = [];

    internal static SystemImport Read(DescriptionNode node)
    {
        var order = node.Texts("order");
        if (order.FirstOrDefault(kind => kind.Contains('*', StringComparison.Ordinal)) is { } pattern)
            throw node.Error("order", $"'{pattern}' is no kind: an order names each kind by itself.");
        if (order.FirstOrDefault(kind => !KindPattern.IsKind(kind)) is { } wrong)
            throw node.Error("order", $"'{wrong}' is no kind, such as Secret or App.k11n.dev.");
        var namespaces = node.Texts("namespaces");
        if (namespaces.FirstOrDefault(kind => !KindPattern.IsKind(kind)) is { } noMaker)
            throw node.Error("namespaces", $"'{noMaker}' is no kind, such as Profile.kubeflow.org.");
        return new SystemImport
        {
            Order = order,
            Namespaces = namespaces,
            Skip = [.. node.Items("skip").Select(ReadSkip)],
        };
    }

    private static SkipRule ReadSkip(DescriptionNode node)
    {
        var rule = new SkipRule { Kinds = node.Texts("kinds"), Reason = node.RequiredText("reason") };
        return rule.Kinds.Count > 0 ? rule : throw node.Error("kinds", "The rule names no kinds.");
    }
}

/// <summary>Kinds that an import leaves alone.</summary>
public sealed record SkipRule
{
    /// <summary>The kinds, as <see cref="KindPattern"/> takes them.</summary>
    public required IReadOnlyList<string> Kinds { get; init; }

    /// <summary>Why, in words for people.</summary>
    public required string Reason { get; init; }
}
