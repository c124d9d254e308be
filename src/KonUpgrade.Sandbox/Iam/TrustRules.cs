using System.Text.Json;
using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Api;
using KonUpgrade.Sandbox.Schemas;

namespace KonUpgrade.Sandbox.Iam;

/// <summary>What IAM asks of a trust policy.</summary>
internal static class TrustRules
{
    /// <summary>Passes when a document is a trust policy that fits the quota.</summary>
    /// <exception cref="Aws.AwsError">It is none, or too large.</exception>
    public static void Check(string document, int quota)
    {
        JsonObject policy = Read(document);
        if (policy["Version"] is { } version && Json.Text(version) is not ("2012-10-17" or "2008-10-17")) throw IamError.Malformed("The policy must contain a valid version string");
        JsonNode?[] statements = policy["Statement"] switch
        {
            JsonArray { Count: > 0 } list => [.. list],
            JsonObject single => [single],
            _ => throw IamError.Malformed("Syntax errors in policy."),
        };
        var ids = new HashSet<string>(StringComparer.Ordinal);
        foreach (JsonNode? node in statements) Check(node as JsonObject ?? throw IamError.Malformed("Syntax errors in policy."), ids);
        if (document.Count(letter => !char.IsWhiteSpace(letter)) > quota) throw IamError.Limit($"Cannot exceed quota for ACLSizePerRole: {quota}");
    }

    /// <summary>Whether a trust policy lets a service assume its role. Conditions are taken to hold.</summary>
    public static bool Trusts(string document, string service)
    {
        JsonObject policy = Read(document);
        JsonObject[] statements = [.. (policy["Statement"] is JsonArray list ? [.. list] : new[] { policy["Statement"] }).OfType<JsonObject>()];
        bool Names(JsonObject statement) => Texts((statement["Principal"] as JsonObject)?["Service"]).Contains(service)
            && Texts(statement["Action"]).Any(action => action is "*" or "sts:*" || string.Equals(action, "sts:AssumeRole", StringComparison.OrdinalIgnoreCase));
        return statements.Any(statement => Json.Text(statement["Effect"]) == "Allow" && Names(statement)) && !statements.Any(statement => Json.Text(statement["Effect"]) == "Deny" && Names(statement));
    }

    private static JsonObject Read(string document)
    {
        try
        {
            return JsonTree.ParseObject(System.Text.Encoding.UTF8.GetBytes(document));
        }
        catch (JsonException)
        {
            throw IamError.Malformed("This policy contains invalid Json");
        }
    }

    private static void Check(JsonObject statement, HashSet<string> ids)
    {
        if (statement["Sid"] is { } sid)
        {
            string id = Json.Text(sid) ?? throw IamError.Malformed("Syntax errors in policy.");
            if (!id.All(char.IsAsciiLetterOrDigit)) throw IamError.Malformed("Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*");
            if (id.Length > 0 && !ids.Add(id)) throw IamError.Malformed("Statement IDs (SID) in a single policy must be unique.");
        }
        if (Json.Text(statement["Effect"]) is not ("Allow" or "Deny")) throw IamError.Malformed("Syntax errors in policy.");
        if (statement["Principal"] is null && statement["NotPrincipal"] is null) throw IamError.Malformed("Missing required field Principal");
        if (statement.ContainsKey("Resource") || statement.ContainsKey("NotResource")) throw IamError.Malformed("Has prohibited field Resource");
        IReadOnlyList<string> actions = [.. Texts(statement["Action"]), .. Texts(statement["NotAction"])];
        if (actions.Count == 0) throw IamError.Malformed("Missing required field Action");
        if (!actions.All(action => action.StartsWith("sts:", StringComparison.OrdinalIgnoreCase))) throw IamError.Malformed("AssumeRole policy may only specify STS AssumeRole actions.");
        foreach (string arn in Texts((statement["Principal"] as JsonObject)?["Federated"]))
        {
            if (arn.StartsWith("arn:", StringComparison.Ordinal) && !(arn.Contains(":oidc-provider/", StringComparison.Ordinal) || arn.Contains(":saml-provider/", StringComparison.Ordinal)))
                throw IamError.Malformed("Federated principals must be valid domain names or SAML metadata ARNs");
        }
    }

    private static IEnumerable<string> Texts(JsonNode? node) => (node is JsonArray list ? [.. list] : new[] { node }).Select(Json.Text).OfType<string>();
}
