using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using KonUpgrade.Sandbox.Requests;

namespace KonUpgrade.Sandbox.Api;

/// <summary>What names, labels, annotations and owners must look like, in the words of a real server.</summary>
internal static partial class MetadataRules
{
    private const int AnnotationsLimit = 256 * 1024;

    private const string Subdomain = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
    private const string Label1123 = "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
    private const string Label1035 = "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";
    private const string QualifiedName = "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
    private const string LabelValue = "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

    /// <summary>Everything that is wrong with an object's metadata.</summary>
    public static IReadOnlyList<StatusCause> Check(ApiResource resource, JsonObject item)
    {
        var causes = new List<StatusCause>();
        JsonObject metadata = Metadata.Of(item);
        CheckName(resource, Metadata.Text(metadata, "name"), causes);
        CheckMap(metadata, "labels", causes, checkValues: true);
        CheckMap(metadata, "annotations", causes, checkValues: false);
        IReadOnlyList<string> finalizers = Metadata.Finalizers(item);
        for (int i = 0; i < finalizers.Count; i++)
        {
            if (QualifiedNameProblem(finalizers[i]) is { } problem)
            {
                causes.Add(Invalid("metadata.finalizers", finalizers[i], problem));
            }
            else if (!resource.IsCustom && resource.Group != "apiextensions.k8s.io" && !finalizers[i].Contains('/', StringComparison.Ordinal)
                && finalizers[i] is not ("foregroundDeletion" or "orphan" or "kubernetes"))
            {
                causes.Add(Invalid($"metadata.finalizers[{i}]", finalizers[i], "name is neither a standard finalizer name nor is it fully qualified"));
            }
        }
        CheckOwners(item, causes);
        return causes;
    }

    /// <summary>What is wrong with how an object's metadata changes.</summary>
    public static IReadOnlyList<StatusCause> CheckChange(JsonObject before, JsonObject after)
    {
        if (!Metadata.IsTerminating(before)) return [];
        string[] added = [.. Metadata.Finalizers(after).Except(Metadata.Finalizers(before)).Order(StringComparer.Ordinal)];
        if (added.Length == 0) return [];
        string names = string.Join(", ", added.Select(finalizer => $"\"{finalizer}\""));
        return [new("FieldValueForbidden", $"Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{{{names}}}", "metadata.finalizers")];
    }

    private static void CheckName(ApiResource resource, string name, List<StatusCause> causes)
    {
        const string field = "metadata.name";
        if (name.Length == 0)
        {
            causes.Add(new("FieldValueRequired", "Required value: name or generateName is required", field));
            return;
        }
        string? problem = Style(resource) switch
        {
            NameStyle.PathSegment => name is "." or ".." || name.Contains('/', StringComparison.Ordinal) || name.Contains('%', StringComparison.Ordinal)
                ? $"may not contain '{(name.Contains('%', StringComparison.Ordinal) ? '%' : name.Contains('/', StringComparison.Ordinal) ? '/' : '.')}'" : null,
            NameStyle.Label1123 => name.Length > 63 ? "must be no more than 63 characters" : IsLabel1123().IsMatch(name) ? null : Label1123,
            NameStyle.Label1035 => name.Length > 63 ? "must be no more than 63 characters" : IsLabel1035().IsMatch(name) ? null : Label1035,
            _ => name.Length > 253 ? "must be no more than 253 characters" : IsSubdomain().IsMatch(name) ? null : Subdomain,
        };
        if (problem is not null) causes.Add(Invalid(field, name, problem));
    }

    private static NameStyle Style(ApiResource resource) => (resource.Group, resource.Kind) switch
    {
        ("rbac.authorization.k8s.io", _) => NameStyle.PathSegment,
        ("", "Namespace") => NameStyle.Label1123,
        // From 1.34 on a Service's name may begin with a digit; the older rule is the safer model.
        ("", "Service") => NameStyle.Label1035,
        _ => NameStyle.Subdomain,
    };

    private static void CheckMap(JsonObject metadata, string field, List<StatusCause> causes, bool checkValues)
    {
        if (metadata[field] is not JsonObject map) return;
        string path = $"metadata.{field}";
        long size = 0;
        foreach ((string key, JsonNode? node) in map)
        {
            string value = node is JsonValue text && text.GetValueKind() == JsonValueKind.String ? text.GetValue<string>() : string.Empty;
            size += Encoding.UTF8.GetByteCount(key) + Encoding.UTF8.GetByteCount(value);
            if (QualifiedNameProblem(checkValues ? key : key.ToLowerInvariant()) is { } problem) causes.Add(Invalid(path, key, problem));
            if (!checkValues) continue;
            if (value.Length > 63) causes.Add(Invalid(path, value, "must be no more than 63 characters"));
            else if (value.Length > 0 && !IsName().IsMatch(value)) causes.Add(Invalid(path, value, LabelValue));
        }
        if (!checkValues && size > AnnotationsLimit)
            causes.Add(new("FieldValueTooLong", $"Too long: may not be more than {AnnotationsLimit} bytes", path));
    }

    private static void CheckOwners(JsonObject item, List<StatusCause> causes)
    {
        const string path = "metadata.ownerReferences";
        int controllers = 0;
        foreach (JsonObject owner in Metadata.OwnerReferences(item))
        {
            if (Metadata.Text(owner, "apiVersion").Length == 0) causes.Add(Invalid($"{path}.apiVersion", string.Empty, "version must not be empty"));
            if (Metadata.Text(owner, "kind").Length == 0) causes.Add(Invalid($"{path}.kind", string.Empty, "kind must not be empty"));
            if (Metadata.Text(owner, "name").Length == 0) causes.Add(Invalid($"{path}.name", string.Empty, "name must not be empty"));
            if (Metadata.Text(owner, "uid").Length == 0) causes.Add(Invalid($"{path}.uid", string.Empty, "uid must not be empty"));
            if (owner["controller"] is JsonValue value && value.TryGetValue(out bool controls) && controls) controllers++;
        }
        if (controllers > 1)
            causes.Add(Invalid("metadata.ownerReferences", "(more than one)", "Only one reference can have Controller set to true"));
    }

    private static string? QualifiedNameProblem(string key)
    {
        int slash = key.IndexOf('/', StringComparison.Ordinal);
        string prefix = slash < 0 ? string.Empty : key[..slash], name = key[(slash + 1)..];
        if (name.Contains('/', StringComparison.Ordinal)) return "a qualified name must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]') with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')";
        if (slash == 0) return "prefix part must be non-empty";
        if (slash > 0 && !IsSubdomain().IsMatch(prefix)) return $"prefix part {Subdomain}";
        if (name.Length == 0) return "name part must be non-empty";
        if (name.Length > 63) return "name part must be no more than 63 characters";
        return IsName().IsMatch(name) ? null : QualifiedName;
    }

    private static StatusCause Invalid(string field, string value, string problem)
        => new("FieldValueInvalid", $"Invalid value: \"{value}\": {problem}", field);

    [GeneratedRegex(@"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\z")]
    private static partial Regex IsSubdomain();

    [GeneratedRegex(@"^[a-z0-9]([-a-z0-9]*[a-z0-9])?\z")]
    private static partial Regex IsLabel1123();

    [GeneratedRegex(@"^[a-z]([-a-z0-9]*[a-z0-9])?\z")]
    private static partial Regex IsLabel1035();

    [GeneratedRegex(@"^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]\z")]
    private static partial Regex IsName();

    private enum NameStyle
    {
        Subdomain,
        Label1123,
        Label1035,
        PathSegment,
    }
}
