using System.Text.Json;

namespace KonUpgrade.Engine.Snapshots.Checking;

/// <summary>What a policy says of an action.</summary>
internal enum PolicyAnswer
{
    /// <summary>Nothing: it is not allowed by it.</summary>
    Silent,

    /// <summary>It allows it, or may do so: under a condition.</summary>
    Allowed,

    /// <summary>It denies it under no condition, whatever else allows it.</summary>
    Denied,
}

/// <summary>A policy of IAM, as far as it can be told from outside what it allows: conditions are not weighed.</summary>
internal sealed class PolicyDocument
{
    private readonly List<JsonElement> _statements;

    private PolicyDocument(List<JsonElement> statements) => _statements = statements;

    /// <summary>Reads a document; null for what is none.</summary>
    public static PolicyDocument? Parse(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("Statement", out var statement)
                ? new PolicyDocument([.. Each(statement).Where(static each => each.ValueKind == JsonValueKind.Object).Select(static each => each.Clone())])
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>What it says of an action on a resource.</summary>
    public PolicyAnswer Ask(string action, string resource)
    {
        var answer = PolicyAnswer.Silent;
        foreach (var statement in _statements)
        {
            if (!Covers(statement, "Action", action, ignoreCase: true) || !Covers(statement, "Resource", resource, ignoreCase: false))
                continue;
            if (Effect(statement) == "Allow")
                answer = PolicyAnswer.Allowed;
            else if (Effect(statement) == "Deny" && !statement.TryGetProperty("Condition", out _))
                return PolicyAnswer.Denied;
        }

        return answer;
    }

    /// <summary>Whether, as a trust policy, it lets a service assume the role.</summary>
    /// <param name="service">The service's principal: <c>backup.amazonaws.com</c>.</param>
    public bool Trusts(string service)
    {
        var isTrusted = false;
        foreach (var statement in _statements)
        {
            if (!Covers(statement, "Action", "sts:AssumeRole", ignoreCase: true) || !IsPrincipal(statement, service))
                continue;
            if (Effect(statement) == "Allow")
                isTrusted = true;
            else if (Effect(statement) == "Deny" && !statement.TryGetProperty("Condition", out _))
                return false;
        }

        return isTrusted;
    }

    /// <summary>Whether a pattern with <c>*</c> and <c>?</c> matches a text.</summary>
    internal static bool Matches(string pattern, string text, bool ignoreCase)
    {
        // Two places and one way back: the last star takes one letter more.
        var (p, t, star, mark) = (0, 0, -1, 0);
        while (t < text.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
                (star, mark) = (p++, t);
            else if (p < pattern.Length && (pattern[p] == '?' || Same(pattern[p], text[t])))
                (p, t) = (p + 1, t + 1);
            else if (star >= 0)
                (p, t) = (star + 1, ++mark);
            else
                return false;
        }

        while (p < pattern.Length && pattern[p] == '*')
            p++;
        return p == pattern.Length;

        bool Same(char one, char other) => ignoreCase ? char.ToLowerInvariant(one) == char.ToLowerInvariant(other) : one == other;
    }

    private static bool Covers(JsonElement statement, string field, string value, bool ignoreCase)
    {
        if (statement.TryGetProperty(field, out var named))
            return Texts(named).Any(pattern => Matches(Open(pattern), value, ignoreCase));
        // A trust policy has no resource: it is that of its role.
        return statement.TryGetProperty($"Not{field}", out var but) ? !Texts(but).Any(pattern => Matches(Open(pattern), value, ignoreCase)) : field == "Resource";
    }

    // What a variable stands for is not known: anything.
    private static string Open(string pattern)
    {
        while (pattern.IndexOf("${", StringComparison.Ordinal) is >= 0 and var from && pattern.IndexOf('}', from) is > 0 and var to)
            pattern = $"{pattern[..from]}*{pattern[(to + 1)..]}";
        return pattern;
    }

    private static bool IsPrincipal(JsonElement statement, string service)
    {
        if (!statement.TryGetProperty("Principal", out var principal))
            return false;
        return principal.ValueKind == JsonValueKind.String
            ? principal.GetString() == "*"
            : principal.ValueKind == JsonValueKind.Object && principal.TryGetProperty("Service", out var services) && Texts(services).Any(text => text == "*" || string.Equals(text, service, StringComparison.OrdinalIgnoreCase));
    }

    private static string? Effect(JsonElement statement) => statement.TryGetProperty("Effect", out var effect) && effect.ValueKind == JsonValueKind.String ? effect.GetString() : null;

    private static IEnumerable<string> Texts(JsonElement value) => Each(value).Where(static each => each.ValueKind == JsonValueKind.String).Select(static each => each.GetString()!);

    // One stands for a list of one everywhere in a policy.
    private static IEnumerable<JsonElement> Each(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Array)
        {
            yield return value;
            yield break;
        }

        foreach (var each in value.EnumerateArray())
            yield return each;
    }
}
