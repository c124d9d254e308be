using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Trust;

/// <summary>
/// A role's trust policy. What is added is one statement an issuer, with audience and subjects, under a Sid of ours; what
/// others wrote is left as it is, and nothing is added that the policy trusts already.
/// </summary>
public sealed class TrustPolicy
{
    // Nobody can have a ServiceAccount of this name: who trusts it trusts all.
    private static readonly string s_anybody = TrustedIssuer.Subject("*", "*");
    private static readonly JsonSerializerOptions s_compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonSerializerOptions s_indented = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, WriteIndented = true };

    private readonly JsonObject _document;
    private readonly IReadOnlyList<TrustStatement> _statements;

    private TrustPolicy(JsonObject document)
    {
        _document = document;
        _statements = [.. Statements(document).OfType<JsonObject>().Select(statement => new TrustStatement(statement))];
        Document = document.ToJsonString(s_compact);
    }

    /// <summary>The document as IAM takes it, without blanks between its parts.</summary>
    public string Document { get; }

    /// <summary>The document as people read it, line by line.</summary>
    public IReadOnlyList<string> Lines => _document.ToJsonString(s_indented).ReplaceLineEndings("\n").Split('\n');

    /// <summary>How many characters count for IAM's quota (2,048 unless it was raised): it does not count blanks.</summary>
    public int Size => Document.Count(static letter => !char.IsWhiteSpace(letter));

    /// <summary>Reads a policy.</summary>
    /// <param name="role">The role's name, for errors.</param>
    /// <param name="json">The document, decoded.</param>
    /// <exception cref="UpgradeException">TrustPolicyUnreadable.</exception>
    public static TrustPolicy Parse(string role, string json)
    {
        try
        {
            if (JsonNode.Parse(json) is JsonObject document && document["Statement"] is JsonArray or JsonObject)
            {
                Visit(document);
                return new TrustPolicy(document);
            }
        }
        catch (Exception e) when (e is JsonException or ArgumentException or InvalidOperationException)
        {
            // Told below.
        }
        throw new UpgradeException(new Failure
        {
            Id = "TrustPolicyUnreadable",
            Kind = FailureKind.InvalidData,
            Message = $"The trust policy of role {role} is no policy document: an object in JSON with a Statement.",
            Recommendation = $"Look at it (aws iam get-role --role-name {role}) and mend it; nothing of it was changed.",
            Target = role,
        });
    }

    /// <summary>Whether a ServiceAccount's tokens are surely taken: a statement with conditions that are not understood does not count.</summary>
    public bool Trusts(TrustedIssuer issuer, string subject) => !IsDenied(issuer, subject) && IsAllowed(issuer, subject);

    /// <summary>Whether the tokens of every ServiceAccount of the cluster are taken: a statement names no subject.</summary>
    public bool TrustsAnybody(TrustedIssuer issuer) => IsAllowed(issuer, s_anybody);

    /// <summary>Whether a statement surely refuses a ServiceAccount's tokens, so that nothing added would help.</summary>
    public bool IsDenied(TrustedIssuer issuer, string subject) => _statements.Any(statement => statement.IsDeny && statement.Covers(issuer, subject));

    /// <summary>The policy with what is missing of the subjects; this one, where nothing is.</summary>
    public TrustPolicy With(TrustedIssuer issuer, IEnumerable<string> subjects)
    {
        var missing = subjects.Where(subject => !Trusts(issuer, subject)).Distinct(StringComparer.Ordinal).ToList();
        if (missing.Count == 0)
            return this;
        var document = (JsonObject)_document.DeepClone();
        if (document["Statement"] is not JsonArray statements)
            document["Statement"] = statements = [document["Statement"]!.DeepClone()];
        if (AddedTrust.In(statements, issuer, issuer.Audience) is [var ours, ..])
            ours.Set(issuer, ours.Subjects(issuer).Concat(missing));
        else
            AddedTrust.Add(statements, issuer, missing);
        return new TrustPolicy(document);
    }

    /// <summary>The policy without what <see cref="With"/> added of the subjects; this one, where there is nothing of it.</summary>
    /// <returns>Null where no statement would be left: IAM takes no policy without any.</returns>
    public TrustPolicy? Without(TrustedIssuer issuer, IEnumerable<string> subjects)
    {
        var gone = subjects.ToHashSet(StringComparer.Ordinal);
        var document = (JsonObject)_document.DeepClone();
        var changed = false;
        foreach (var ours in AddedTrust.In(Statements(document), issuer, audience: null))
        {
            var there = ours.Subjects(issuer);
            var left = there.Where(subject => !gone.Contains(subject)).ToList();
            if (left.Count == there.Count)
                continue;
            changed = true;
            if (left.Count > 0)
                ours.Set(issuer, left);
            else if (document["Statement"] is JsonArray { Count: > 1 })
                ours.Remove();
            else
                return null;
        }
        return changed ? new TrustPolicy(document) : this;
    }

    /// <summary>The subjects that <see cref="With"/> added for an issuer, whatever the audience.</summary>
    public IReadOnlyList<string> Added(TrustedIssuer issuer) =>
        [.. AddedTrust.In(Statements(_document), issuer, audience: null).SelectMany(ours => ours.Subjects(issuer)).Distinct(StringComparer.Ordinal)];

    private bool IsAllowed(TrustedIssuer issuer, string subject) => _statements.Any(statement => !statement.IsDeny && statement.Covers(issuer, subject));

    private static List<JsonNode?> Statements(JsonObject document) => document["Statement"] is JsonArray array ? [.. array] : [document["Statement"]];

    // A name that stands twice is found only when its object is looked into.
    private static void Visit(JsonNode? node)
    {
        foreach (var child in node switch { JsonObject parts => parts.Select(part => part.Value), JsonArray items => items, _ => [] })
            Visit(child);
    }
}
