using System.IO.Enumeration;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace KonUpgrade.Engine.Trust;

/// <summary>One statement of a trust policy, as far as it speaks of web identities.</summary>
internal sealed class TrustStatement(JsonObject statement)
{
    /// <summary>The action by which a ServiceAccount takes on a role.</summary>
    public const string WebIdentity = "sts:AssumeRoleWithWebIdentity";

    private const string AnyValue = "ForAnyValue:";
    private const string IfExists = "IfExists";

    /// <summary>Whether it refuses.</summary>
    public bool IsDeny => Text(statement["Effect"]) == "Deny";

    /// <summary>Whether it surely speaks of a ServiceAccount's tokens: what is not understood is not sure.</summary>
    public bool Covers(TrustedIssuer issuer, string subject) =>
        Texts(statement["Action"]).Any(action => Matches(action, WebIdentity, ignoreCase: true))
        && IsPrincipal(issuer)
        && (statement["Condition"] is null || (statement["Condition"] is JsonObject conditions && conditions.All(condition => Holds(condition.Key, condition.Value, issuer, subject))));

    /// <summary>A text, or null for anything else.</summary>
    public static string? Text(JsonNode? node) => node is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;

    /// <summary>A text, or the texts of a list.</summary>
    public static IEnumerable<string> Texts(JsonNode? node) => (node is JsonArray array ? array : new[] { node }.AsEnumerable()).Select(Text).OfType<string>();

    private bool IsPrincipal(TrustedIssuer issuer) => statement["Principal"] switch
    {
        JsonObject principal => Texts(principal["Federated"]).Any(arn => arn == issuer.ProviderArn || (IsDeny && arn == "*")),
        var anybody => IsDeny && Text(anybody) == "*",
    };

    private static bool Holds(string @operator, JsonNode? keys, TrustedIssuer issuer, string subject)
    {
        // Tokens always have one audience and one subject: whether a key exists, and whether one of several values fits, is no question.
        var name = @operator.StartsWith(AnyValue, StringComparison.OrdinalIgnoreCase) ? @operator[AnyValue.Length..] : @operator;
        name = name.EndsWith(IfExists, StringComparison.OrdinalIgnoreCase) ? name[..^IfExists.Length] : name;
        Func<string, string, bool>? compare = name.ToUpperInvariant() switch
        {
            "STRINGEQUALS" => (pattern, value) => pattern == value,
            "STRINGEQUALSIGNORECASE" => (pattern, value) => string.Equals(pattern, value, StringComparison.OrdinalIgnoreCase),
            "STRINGLIKE" => (pattern, value) => Matches(pattern, value, ignoreCase: false),
            _ => null,
        };
        return compare is not null && keys is JsonObject tests && tests.All(test => Value(test.Key, issuer, subject) is { } value && Texts(test.Value).Any(pattern => compare(pattern, value)));
    }

    private static string? Value(string key, TrustedIssuer issuer, string subject) =>
        string.Equals(key, $"{issuer.Host}:aud", StringComparison.OrdinalIgnoreCase) ? issuer.Audience
        : string.Equals(key, $"{issuer.Host}:sub", StringComparison.OrdinalIgnoreCase) ? subject
        : null;

    // Policies know * and ? and no way to quote them; a variable stands for what is known only when it is asked.
    private static bool Matches(string pattern, string value, bool ignoreCase) =>
        !pattern.Contains("${", StringComparison.Ordinal) && !pattern.Contains('\\') && FileSystemName.MatchesSimpleExpression(pattern, value, ignoreCase);
}
