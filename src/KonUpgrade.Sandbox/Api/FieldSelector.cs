using KonUpgrade.Sandbox.Storage;

namespace KonUpgrade.Sandbox.Api;

/// <summary>A parsed <c>fieldSelector</c>: by name and namespace, with = , == and !=.</summary>
internal sealed class FieldSelector
{
    // A real server selects these kinds by some of their own fields too.
    private static readonly HashSet<string> WithMoreFields = new(StringComparer.Ordinal)
    {
        "Pod", "Node", "Namespace", "Secret", "Event", "ReplicaSet", "ReplicationController", "Job", "Service", "CertificateSigningRequest",
    };

    private readonly IReadOnlyList<(bool IsName, bool Equal, string Value)> _terms;

    private FieldSelector(IReadOnlyList<(bool IsName, bool Equal, string Value)> terms) => _terms = terms;

    public bool IsEmpty => _terms.Count == 0;

    /// <exception cref="ApiError">400: it cannot be read, or names a field that custom resources do not offer; 501: a field that only real servers offer.</exception>
    public static FieldSelector Parse(string? text, ApiResource resource)
    {
        if (string.IsNullOrEmpty(text)) return new([]);
        var terms = new List<(bool, bool, string)>();
        foreach (string part in text.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            int at = part.IndexOf('=', StringComparison.Ordinal);
            if (at <= 0) throw ApiError.BadRequest($"invalid selector: '{part}'; can't understand '{part}'");
            bool equal = part[at - 1] != '!';
            string field = equal ? part[..at] : part[..(at - 1)];
            string value = part[(at + 1)..].TrimStart('=');
            if (field is not ("metadata.name" or "metadata.namespace"))
            {
                throw resource.IsCustom ? ApiError.BadRequest($"field label not supported: {field}")
                    : WithMoreFields.Contains(resource.Kind) ? ApiError.NotModelled($"field selectors other than metadata.name and metadata.namespace ({field})")
                    : ApiError.BadRequest($"\"{field}\" is not a known field selector: only \"metadata.name\", \"metadata.namespace\"");
            }
            terms.Add((field == "metadata.name", equal, value));
        }
        return new(terms);
    }

    public bool Matches(StoredObject item)
    {
        foreach ((bool isName, bool equal, string value) in _terms)
        {
            ReadOnlySpan<char> actual = isName ? item.Name : item.Namespace;
            if (actual.SequenceEqual(value) != equal) return false;
        }
        return true;
    }
}
