using KonUpgrade.Engine.Foundation.Json;

namespace KonUpgrade.Engine.Readiness.Surveys;

/// <summary>A condition in an object's status.</summary>
/// <param name="Type">What it is about: <c>Ready</c>.</param>
/// <param name="Status"><c>True</c>, <c>False</c> or <c>Unknown</c>.</param>
/// <param name="Reason">Its reason in one word, or null.</param>
/// <param name="Message">Its message, or null.</param>
/// <param name="Since">Since when it is so, or null.</param>
internal sealed record Condition(string Type, string Status, string? Reason, string? Message, DateTimeOffset? Since)
{
    public bool IsTrue => Status == "True";

    public bool IsFalse => Status == "False";

    /// <summary>Reason and message, as far as there are any.</summary>
    public string Why => (Reason, Message) switch
    {
        ({ Length: > 0 } reason, { Length: > 0 } message) => $"{reason}: {message}",
        ({ Length: > 0 } reason, _) => reason,
        (_, { Length: > 0 } message) => message,
        _ => "no reason is given",
    };

    /// <summary>The conditions of an object.</summary>
    public static IReadOnlyList<Condition> Of(JsonPart root) =>
    [
        .. root.Member("status"u8).Objects("conditions").Select(condition => new Condition(
            condition.Text("type") ?? "",
            condition.Text("status") ?? "",
            condition.Text("reason"),
            condition.Text("message"),
            condition.Time("lastTransitionTime"))),
    ];
}
