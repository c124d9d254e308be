using System.Text.Json.Nodes;

namespace KonUpgrade.Engine.Trust;

/// <summary>
/// The statement that is added to a trust policy for an issuer: one with a Sid of ours, and exactly audience and subjects in
/// its condition. One that somebody has changed into anything else since is theirs.
/// </summary>
/// <param name="statement">The statement.</param>
internal sealed class AddedTrust(JsonObject statement)
{
    private const string SidPrefix = "KonUpgrade";
    private const int SidDigits = 8;

    /// <summary>The subjects in it.</summary>
    public IReadOnlyList<string> Subjects(TrustedIssuer issuer) => [.. TrustStatement.Texts(statement["Condition"]!["StringEquals"]![$"{issuer.Host}:sub"])];

    /// <summary>Replaces the subjects in it.</summary>
    public void Set(TrustedIssuer issuer, IEnumerable<string> subjects)
    {
        var sorted = subjects.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        statement["Condition"]!["StringEquals"]![$"{issuer.Host}:sub"] = sorted.Count == 1 ? sorted[0] : new JsonArray([.. sorted.Select(subject => JsonValue.Create(subject))]);
    }

    /// <summary>Takes it out of its policy.</summary>
    public void Remove() => ((JsonArray)statement.Parent!).Remove(statement);

    /// <summary>Those of a policy's statements that were added for an issuer.</summary>
    /// <param name="statements">The statements.</param>
    /// <param name="issuer">The issuer.</param>
    /// <param name="audience">For whom the tokens are made; null for anybody.</param>
    public static IReadOnlyList<AddedTrust> In(IEnumerable<JsonNode?> statements, TrustedIssuer issuer, string? audience) =>
        [.. statements.OfType<JsonObject>().Where(statement => IsOurs(statement, issuer, audience)).Select(statement => new AddedTrust(statement))];

    /// <summary>Adds one to a policy.</summary>
    public static void Add(JsonArray statements, TrustedIssuer issuer, IEnumerable<string> subjects)
    {
        var statement = new JsonObject
        {
            ["Sid"] = FreeSid(statements, issuer),
            ["Effect"] = "Allow",
            ["Principal"] = new JsonObject { ["Federated"] = issuer.ProviderArn },
            ["Action"] = TrustStatement.WebIdentity,
            ["Condition"] = new JsonObject { ["StringEquals"] = new JsonObject { [$"{issuer.Host}:aud"] = issuer.Audience } },
        };
        new AddedTrust(statement).Set(issuer, subjects);
        statements.Add(statement);
    }

    private static bool IsOurs(JsonObject statement, TrustedIssuer issuer, string? audience) =>
        TrustStatement.Text(statement["Sid"])?.StartsWith(Sid(issuer), StringComparison.Ordinal) == true
        && Has(statement, "Sid", "Effect", "Principal", "Action", "Condition")
        && TrustStatement.Text(statement["Effect"]) == "Allow"
        && statement["Principal"] is JsonObject principal && Has(principal, "Federated") && Single(principal["Federated"]) == issuer.ProviderArn
        && Single(statement["Action"]) == TrustStatement.WebIdentity
        && statement["Condition"] is JsonObject condition && Has(condition, "StringEquals")
        && condition["StringEquals"] is JsonObject equals && Has(equals, $"{issuer.Host}:aud", $"{issuer.Host}:sub")
        && Single(equals[$"{issuer.Host}:aud"]) is { } named && (audience is null || named == audience);

    private static bool Has(JsonObject node, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (!node.ContainsKey(name))
                return false;
        }
        return node.Count == names.Length;
    }

    // A list of one is the same as its one.
    private static string? Single(JsonNode? node) => TrustStatement.Texts(node).ToList() is [var only] ? only : null;

    // The end of an issuer's path is its id; a Sid has letters and digits alone.
    private static string Sid(TrustedIssuer issuer)
    {
        var id = string.Concat(issuer.Host[(issuer.Host.LastIndexOf('/') + 1)..].Where(char.IsAsciiLetterOrDigit));
        return SidPrefix + id[..Math.Min(SidDigits, id.Length)];
    }

    private static string FreeSid(JsonArray statements, TrustedIssuer issuer)
    {
        var taken = statements.OfType<JsonObject>().Select(statement => TrustStatement.Text(statement["Sid"])).ToHashSet(StringComparer.Ordinal);
        var sid = Sid(issuer);
        for (var i = 2; taken.Contains(sid); i++)
            sid = $"{Sid(issuer)}x{i}";
        return sid;
    }
}
