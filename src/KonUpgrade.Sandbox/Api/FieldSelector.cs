using System.Text;
using System.Text.Json;
using KonUpgrade.Sandbox.Requests;
using KonUpgrade.Sandbox.Storage;

namespace KonUpgrade.Sandbox.Api;

/// <summary>A parsed <c>fieldSelector</c>, with = , == and !=: by name and namespace, and by the fields that single kinds offer.</summary>
internal sealed class FieldSelector
{
    private const string Name = "metadata.name";
    private const string Namespace = "metadata.namespace";

    // What a real server selects these kinds by beside their names.
    private static readonly Dictionary<string, string[]> Offered = new(StringComparer.Ordinal)
    {
        ["/Pod"] = ["spec.nodeName", "spec.restartPolicy", "spec.schedulerName", "spec.serviceAccountName", "spec.hostNetwork", "status.phase", "status.podIP", "status.nominatedNodeName"],
        ["/Node"] = ["spec.unschedulable"],
        ["/Namespace"] = ["status.phase"],
        ["/Secret"] = ["type"],
        ["/Service"] = ["spec.clusterIP", "spec.type"],
        ["/ReplicationController"] = ["status.replicas"],
        ["/Event"] = ["involvedObject.kind", "involvedObject.namespace", "involvedObject.name", "involvedObject.uid", "involvedObject.apiVersion", "involvedObject.resourceVersion", "involvedObject.fieldPath", "reason", "type"],
        ["apps/ReplicaSet"] = ["status.replicas"],
        ["batch/Job"] = ["status.successful"],
        ["certificates.k8s.io/CertificateSigningRequest"] = ["spec.signerName"],
    };

    private readonly IReadOnlyList<Term> _terms;

    private FieldSelector(IReadOnlyList<Term> terms) => _terms = terms;

    public bool IsEmpty => _terms.Count == 0;

    /// <exception cref="ApiError">400: it cannot be read, or names a field that the kind does not offer.</exception>
    public static FieldSelector Parse(string? text, ApiResource resource)
    {
        if (string.IsNullOrEmpty(text)) return new([]);
        var terms = new List<Term>();
        foreach (string part in text.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            int at = part.IndexOf('=', StringComparison.Ordinal);
            if (at <= 0) throw ApiError.BadRequest($"invalid selector: '{part}'; can't understand '{part}'");
            bool equal = part[at - 1] != '!';
            string field = equal ? part[..at] : part[..(at - 1)];
            string value = part[(at + 1)..].TrimStart('=');
            if (field is not (Name or Namespace)) CheckOffered(resource, field);
            terms.Add(new Term(field, PathOf(field), equal, value));
        }
        return new(terms);
    }

    public bool Matches(StoredObject item)
    {
        foreach (Term term in _terms)
        {
            bool same = term.Field switch
            {
                Name => item.Name.SequenceEqual(term.Value),
                Namespace => item.Namespace.SequenceEqual(term.Value),
                _ => IsSame(item.Json, term),
            };
            if (same != term.Equal) return false;
        }
        return true;
    }

    private static void CheckOffered(ApiResource resource, string field)
    {
        if (resource.IsCustom) throw ApiError.BadRequest($"field label not supported: {field}");
        if (!Offered.TryGetValue($"{resource.Group}/{resource.Kind}", out string[]? fields))
            throw ApiError.BadRequest($"\"{field}\" is not a known field selector: only \"{Name}\", \"{Namespace}\"");
        if (!fields.Contains(field)) throw ApiError.BadRequest($"field label not supported: {field}");
    }

    private static byte[][] PathOf(string field)
        => [.. (field == "status.successful" ? "status.succeeded" : field).Split('.').Select(Encoding.UTF8.GetBytes)];

    // Reads from the bytes no more than it takes to find the field. What is absent is empty, false or 0, as in Go.
    private static bool IsSame(ReadOnlySpan<byte> json, Term term)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        foreach (byte[] part in term.Path)
        {
            if (reader.TokenType != JsonTokenType.StartObject || !Enter(ref reader, part)) return IsZero(term.Value);
        }
        return reader.TokenType switch
        {
            JsonTokenType.String => reader.ValueTextEquals(term.Value),
            JsonTokenType.True => term.Value == "true",
            JsonTokenType.False => term.Value == "false",
            JsonTokenType.Number => Encoding.UTF8.GetString(reader.ValueSpan) == term.Value,
            _ => IsZero(term.Value),
        };
    }

    private static bool Enter(ref Utf8JsonReader reader, ReadOnlySpan<byte> field)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool here = reader.ValueTextEquals(field);
            reader.Read();
            if (here) return true;
            reader.Skip();
        }
        return false;
    }

    private static bool IsZero(string value) => value is "" or "false" or "0";

    private sealed record Term(string Field, byte[][] Path, bool Equal, string Value);
}
