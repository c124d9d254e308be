namespace KonUpgrade.Engine.Upgrades.Plans;

/// <summary>What a setting of a step may be.</summary>
internal enum StepFieldType
{
    /// <summary>Any text.</summary>
    Text,

    /// <summary>A whole number, 0 or more.</summary>
    Number,

    /// <summary>A length of time, such as <c>30m</c>.</summary>
    Duration,

    /// <summary>true or false.</summary>
    Flag,

    /// <summary>One of the words that the field names.</summary>
    Choice,

    /// <summary>The id of another step of the plan.</summary>
    Step,

    /// <summary>A list of texts.</summary>
    Texts,
}

/// <summary>A setting that a kind of step knows.</summary>
/// <param name="Name">The field in the plan's file.</param>
/// <param name="Type">What it may be.</param>
/// <param name="Default">What it is where the plan does not say; null for nothing.</param>
internal sealed record StepField(string Name, StepFieldType Type, string? Default = null)
{
    /// <summary>The words that a choice may be.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];

    /// <summary>Whether the plan must say it.</summary>
    public bool Required { get; init; }

    /// <summary>Whether it says something where it is there and empty.</summary>
    public bool MayBeEmpty { get; init; }

    /// <summary>Why a text can't be it, or be of its list, though its type lets it; null where it can.</summary>
    public Func<string, string?> Refusal { get; init; } = static _ => null;

    /// <summary>For a reference to a step, the kinds of step that it may lead to.</summary>
    public IReadOnlyList<string> Kinds { get; init; } = [];
}
