using System.Globalization;
using KonUpgrade.Engine.Foundation.Texts;
using KonUpgrade.Engine.Manifests.Descriptions;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Upgrades.Plans;

/// <summary>Reads one step of a text: of a plan's file, or of a system's description.</summary>
internal static class StepText
{
    private static readonly string[] s_common = ["id", "kind", "title", "target", "changes", "risk", "undo", "after", "gate"];

    /// <summary>Reads a step of a plan, which says all that it needs to know.</summary>
    /// <param name="node">Its mapping.</param>
    /// <exception cref="UpgradeException">What is wrong, with file, line and column.</exception>
    public static UpgradeStep Read(DescriptionNode node)
    {
        var (step, missing) = Read(node, new Dictionary<string, string>());
        return missing.Count == 0 ? step : throw node.Error("kind", $"A step of kind {step.Kind} needs the field '{missing[0]}'.");
    }

    /// <summary>Reads a step of a description, for a plan that adds what it has to know.</summary>
    /// <param name="node">Its mapping.</param>
    /// <param name="given">The settings that whoever makes the plan gives; they come before the description's own.</param>
    /// <returns>The step, and what it needs to know and nobody says.</returns>
    /// <exception cref="UpgradeException">What is wrong, with file, line and column; StepSettingInvalid for what was given.</exception>
    public static (UpgradeStep Step, IReadOnlyList<string> Missing) Read(DescriptionNode node, IReadOnlyDictionary<string, string> given)
    {
        var id = node.RequiredText("id");
        if (!IsName(id))
            throw node.Error("id", $"'{id}' is no step's id: small letters, digits and hyphens, at most 63, beginning and ending with a letter or digit.");
        var kindName = node.RequiredText("kind");
        var kind = StepKind.Find(kindName)
            ?? throw node.Error("kind", $"There is no kind of step '{kindName}'. There are: {string.Join(", ", StepKind.All.Select(k => k.Name))}.");
        var side = Choice(node, "target", kind.Sides[0]);
        if (!kind.Sides.Contains(side))
            throw node.Error("target", $"A step of kind {kind.Name} is about {string.Join(" or ", kind.Sides)}, not {side}.");
        var setting = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in node.Names.Except(s_common, StringComparer.Ordinal))
        {
            var field = kind.Fields.FirstOrDefault(f => f.Name == name)
                ?? throw node.Error(name, $"A step of kind {kind.Name} has no field '{name}'. It has: {string.Join(", ", s_common.Concat(kind.Fields.Select(f => f.Name)))}.");
            if (node.Scalar(name) is not { } value)
                continue;
            if (WhyNot(field, value) is { } why)
                throw node.Error(name, $"'{value}' is not what {name} can be: {why}.");
            setting[name] = value;
        }

        foreach (var (name, value) in given)
        {
            // A plan's reader writes names as it likes.
            var field = kind.Fields.FirstOrDefault(f => f.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
                ?? throw new UpgradeException(Invalid(id, name, $"A step of kind {kind.Name} has no setting '{name}'. It has: {string.Join(", ", kind.Fields.Select(f => f.Name))}."));
            if (WhyNot(field, value) is { } why)
                throw new UpgradeException(Invalid(id, name, $"'{value}' is not what {field.Name} of the step '{id}' can be: {why}."));
            setting[field.Name] = value;
        }

        var step = new UpgradeStep
        {
            Id = id,
            Kind = kind.Name,
            Title = node.Text("title") ?? id,
            Target = side,
            Changes = node.Text("changes") ?? kind.Changes,
            Risk = Choice(node, "risk", kind.Risk),
            Undo = node.Text("undo") ?? kind.Undo,
            After = node.Texts("after"),
            Gate = Choice(node, "gate", UpgradeGate.None),
            Setting = setting,
        };
        return (step, MissingOf(step));
    }

    /// <summary>What a step needs to know and does not say.</summary>
    public static IReadOnlyList<string> MissingOf(UpgradeStep step) =>
        [.. StepKind.Find(step.Kind)!.Fields.Where(field => field.Required && !step.Setting.ContainsKey(field.Name)).Select(field => field.Name)];

    /// <summary>Whether a text can be the name of a plan or the id of a step: a label of DNS (RFC 1123), since objects in clusters are called by it.</summary>
    public static bool IsName(string text) =>
        text.Length is > 0 and <= 63 && text.All(static c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-') && text[0] != '-' && text[^1] != '-';

    /// <summary>One of the words of an enumeration, in any case.</summary>
    public static T Choice<T>(DescriptionNode node, string name, T otherwise)
        where T : struct, Enum
    {
        if (node.Text(name) is not { } text)
            return otherwise;
        // A number would be taken for a value that has no word.
        return Enum.GetNames<T>().FirstOrDefault(word => word.Equals(text, StringComparison.OrdinalIgnoreCase)) is { } found
            ? Enum.Parse<T>(found)
            : throw node.Error(name, $"'{text}' is none of {string.Join(", ", Enum.GetNames<T>())}.");
    }

    /// <summary>Why a value can't be that of a setting; null where it can.</summary>
    public static string? WhyNot(StepField field, string value)
    {
        // What is there and empty would be taken for something that is not asked for: no host names, and every host is done.
        string[] texts = field.Type == StepFieldType.Texts ? value.Split(',', StringSplitOptions.TrimEntries) : [value];
        if (texts is [var only] && string.IsNullOrWhiteSpace(only))
            return field.MayBeEmpty ? null : "it must not be empty";
        return Array.Exists(texts, string.IsNullOrWhiteSpace) ? "none of its texts may be empty" : texts.Select(field.Refusal).FirstOrDefault(why => why is not null) ?? WhyNotOf(field, value);
    }

    private static string? WhyNotOf(StepField field, string value) => field.Type switch
    {
        StepFieldType.Number when !int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out _) => "it must be a whole number, 0 or more",
        StepFieldType.Duration when Durations.Parse(value) is not { } time || time <= TimeSpan.Zero => "it must be a length of time, such as 30m or 90s",
        StepFieldType.Flag when value is not ("true" or "false") => "it must be true or false",
        StepFieldType.Choice when !field.Choices.Contains(value) => $"it must be one of {string.Join(", ", field.Choices)}",
        _ => null,
    };

    /// <summary>That a setting of a step is wrong.</summary>
    public static Failure Invalid(string step, string setting, string message) => new()
    {
        Id = "StepSettingInvalid",
        Kind = FailureKind.InvalidArgument,
        Message = message,
        Recommendation = "about_KonUpgrade_Upgrades has the settings of every kind of step.",
        Target = $"{step}.{setting}",
    };
}
