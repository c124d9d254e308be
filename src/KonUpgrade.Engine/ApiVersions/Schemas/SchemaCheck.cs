using System.Globalization;
using System.Text.Json;
using KonUpgrade.Engine.Foundation.Json;

namespace KonUpgrade.Engine.ApiVersions.Schemas;

/// <summary>
/// Checks objects as an API server does that takes a new one with strict field validation: names that the schema does not
/// know are errors, then types and values, then keys of lists. What is written in CEL (<c>x-kubernetes-validations</c>) is
/// not evaluated, and said so. The source of the rules: the structural schemas, pruning, defaulting and list types of
/// k8s.io/apiextensions-apiserver.
/// </summary>
public sealed class SchemaCheck
{
    // A list of more says nothing more.
    private const int MostProblems = 20;

    private const string Subdomain = @"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$";

    private readonly SchemaPattern _patterns = new();

    /// <summary>Checks an object.</summary>
    /// <param name="o">The object, with apiVersion, kind and metadata.</param>
    /// <param name="schema">The schema of its kind and version.</param>
    public SchemaVerdict Run(JsonPart o, ObjectSchema schema)
    {
        ArgumentNullException.ThrowIfNull(schema);
        var walk = new Walk(schema, _patterns);
        if (!schema.IsBuiltIn)
        {
            walk.Embedded(o, "");
            walk.Name(o);
        }
        walk.Value(o, schema.Root, "", isResource: true, names: true);
        return new SchemaVerdict(walk.Problems, [.. walk.NotChecked]);
    }

    private sealed class Walk(ObjectSchema schema, SchemaPattern patterns)
    {
        public List<SchemaProblem> Problems { get; } = [];

        public SortedSet<string> NotChecked { get; } = new(StringComparer.Ordinal);

        /// <summary>Checks one value.</summary>
        /// <param name="value">The value; not a null that stands for nothing.</param>
        /// <param name="node">Its schema.</param>
        /// <param name="path">Where it is.</param>
        /// <param name="isResource">Whether apiVersion, kind and metadata are known in it, whatever the schema says.</param>
        /// <param name="names">Whether names that the schema does not know count: not so in what is only combined.</param>
        public void Value(JsonPart value, JsonPart node, string path, bool isResource, bool names)
        {
            node = schema.Resolve(node);
            if (node.ValueKind != JsonValueKind.Object || Problems.Count >= MostProblems)
                return;
            if (node.Objects("x-kubernetes-validations").Any())
                NotChecked.Add("rules in CEL (x-kubernetes-validations)");
            if (!HasType(value, node))
            {
                Add(path, $"must be {TypeOf(node)}, and is {NameOf(value)}");
                return;
            }
            Enumerated(value, node, path);
            switch (value.ValueKind)
            {
                case JsonValueKind.String:
                    Text(value, node, path);
                    break;
                case JsonValueKind.Number:
                    foreach (var problem in SchemaNumbers.Check(value, node))
                        Add(path, problem);
                    // Of custom resources some servers refuse that (1.36) and some do not (1.33).
                    if (!SchemaNumbers.IsInRange(value, node.Text("format")))
                        NotChecked.Add($"the format {node.Text("format")} of {path}");
                    break;
                case JsonValueKind.Array:
                    List(value, node, path, names);
                    break;
                case JsonValueKind.Object:
                    Members(value, node, path, isResource || IsSet(node, "x-kubernetes-embedded-resource"), names);
                    break;
            }
            Combined(value, node, path);
        }

        /// <summary>What a whole object has in any case.</summary>
        public void Embedded(JsonPart value, string path)
        {
            foreach (var name in new[] { "apiVersion", "kind" })
            {
                if (value.Text(name) is not { Length: > 0 })
                    Add(Append(path, name), "is required");
            }
            if (value.Member("metadata") is { ValueKind: JsonValueKind.Object } metadata)
                Value(metadata, ObjectMetaSchema.Root, Append(path, "metadata"), isResource: false, names: true);
        }

        /// <summary>The name of a custom resource is one of DNS (RFC 1123).</summary>
        public void Name(JsonPart value)
        {
            if (value.Member("metadata").Text("name") is { } name && (name.Length > 253 || patterns.Matches(Subdomain, name) != true))
                Add("metadata.name", "must be small letters, digits, '-' and '.', and begin and end with a letter or digit");
        }

        private void Members(JsonPart value, JsonPart node, string path, bool isResource, bool names)
        {
            if (isResource && path.Length > 0 && names)
                Embedded(value, path);
            var count = 0;
            foreach (var member in value.EnumerateObject())
            {
                var inner = Append(path, member.Name);
                var known = Known(node, member.Name, out var open);
                // A server drops a null that the schema does not allow, and Go's types take one for nothing.
                if (member.Value.ValueKind == JsonValueKind.Null && (schema.IsBuiltIn || !IsSet(schema.Resolve(known), "nullable")))
                {
                    if (names && known.ValueKind == JsonValueKind.Undefined && !open && !(isResource && IsOfResource(member.Name)))
                        Add(inner, "is an unknown field");
                    continue;
                }
                count++;
                if (isResource && !schema.IsBuiltIn && IsOfResource(member.Name))
                    continue;
                if (known.ValueKind != JsonValueKind.Undefined)
                    Value(member.Value, known, inner, isResource: false, names);
                else if (names && !open)
                    Add(inner, "is an unknown field");
            }
            foreach (var name in node.Texts("required"))
            {
                if (!(isResource && IsOfResource(name)) && !IsThere(value, node, name))
                    Add(Append(path, name), "is required");
            }
            if (node.Number("minProperties") is { } least && count < least)
                Add(path, $"must have at least {least} members");
            if (node.Number("maxProperties") is { } most && count > most)
                Add(path, $"must have at most {most} members");
        }

        // The schema of a member, and whether members without one are taken.
        private JsonPart Known(JsonPart node, string name, out bool open)
        {
            open = false;
            var property = node.Member("properties").Member(name);
            if (property.ValueKind != JsonValueKind.Undefined)
                return property;
            var more = node.Member("additionalProperties");
            if (more.ValueKind == JsonValueKind.Object)
                return more;
            // Documents of built-in types name a type by reference, wrapped once where there is more to say of it.
            if (schema.IsBuiltIn)
            {
                foreach (var part in node.Objects("allOf"))
                {
                    var found = Known(schema.Resolve(part), name, out open);
                    if (found.ValueKind != JsonValueKind.Undefined || open)
                        return found;
                }
            }
            open = more.ValueKind == JsonValueKind.True || IsSet(node, "x-kubernetes-preserve-unknown-fields")
                // A type without any field is one that holds what it gets.
                || (schema.IsBuiltIn && node.Member("properties").ValueKind == JsonValueKind.Undefined && !node.Objects("allOf").Any());
            return default;
        }

        private bool IsThere(JsonPart value, JsonPart node, string name)
        {
            var property = node.Member("properties").Member(name);
            // What has a default is there in any case; a server of built-in types takes the zero value for it.
            if (property.Member("default").ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null))
                return true;
            return value.Member(name) is { ValueKind: not JsonValueKind.Undefined } there
                && (there.ValueKind != JsonValueKind.Null || schema.IsBuiltIn || IsSet(schema.Resolve(property), "nullable"));
        }

        private void List(JsonPart value, JsonPart node, string path, bool names)
        {
            var length = value.GetArrayLength();
            if (node.Number("minItems") is { } least && length < least)
                Add(path, $"must have at least {least} elements");
            if (node.Number("maxItems") is { } most && length > most)
                Add(path, $"must have at most {most} elements");
            var items = node.Member("items");
            var place = 0;
            foreach (var element in value.EnumerateArray())
            {
                var inner = $"{path}[{(place++).ToString(CultureInfo.InvariantCulture)}]";
                if (element.ValueKind == JsonValueKind.Null && (schema.IsBuiltIn || IsSet(schema.Resolve(items), "nullable") || schema.Resolve(items).Member("default").ValueKind != JsonValueKind.Undefined))
                    continue;
                Value(element, items, inner, isResource: false, names);
            }
            // The types that are compiled in are told from each other by code, if at all.
            if (!schema.IsBuiltIn && names)
            {
                foreach (var twice in ListDuplicates.Find(value, node))
                    Add($"{path}[{twice.ToString(CultureInfo.InvariantCulture)}]", "is there twice");
            }
        }

        private void Text(JsonPart value, JsonPart node, string path)
        {
            var text = value.GetString()!;
            if (node.Text("format") is { Length: > 0 } format)
                Formatted(text, format, path);
            if (schema.IsBuiltIn)
                return;
            if (node.Number("minLength") is { } least && Length(text) < least)
                Add(path, $"must have at least {least} characters");
            if (node.Number("maxLength") is { } most && Length(text) > most)
                Add(path, $"must have at most {most} characters");
            if (node.Text("pattern") is not { Length: > 0 } pattern)
                return;
            if (patterns.Matches(pattern, text) is not { } matches)
                NotChecked.Add($"the pattern of {path}");
            else if (!matches)
                Add(path, $"must match '{pattern}'");
        }

        private void Formatted(string text, string format, string path)
        {
            var holds = !schema.IsBuiltIn ? SchemaFormats.Holds(format, text)
                : format switch { "byte" => SchemaFormats.IsBase64(text), "date-time" => SchemaFormats.IsTime(text), _ => true };
            if (holds is null)
                NotChecked.Add($"the format {format}");
            else if (holds == false)
                Add(path, $"must be of the format {format}");
        }

        private void Enumerated(JsonPart value, JsonPart node, string path)
        {
            if (node.Member("enum") is not { ValueKind: JsonValueKind.Array } allowed)
                return;
            // Go's types can't tell an empty text from none, and give it the default.
            if (schema.IsBuiltIn && value.ValueEquals(""u8))
                return;
            if (!allowed.EnumerateArray().Any(choice => JsonSame.Values(choice, value)))
                Add(path, $"must be one of {string.Join(", ", allowed.EnumerateArray().Take(12).Select(choice => choice.GetRawText()))}");
        }

        private void Combined(JsonPart value, JsonPart node, string path)
        {
            foreach (var part in node.Objects("allOf"))
                Value(value, part, path, isResource: false, names: false);
            if (node.Objects("anyOf").ToList() is { Count: > 0 } any && !any.Exists(part => Passes(value, part)))
                Add(path, "fits none of the schemas of anyOf");
            if (node.Objects("oneOf").ToList() is { Count: > 0 } one && one.Count(part => Passes(value, part)) is var fitting and not 1)
                Add(path, fitting == 0 ? "fits none of the schemas of oneOf" : "fits more than one of the schemas of oneOf");
            if (node.Member("not") is { ValueKind: JsonValueKind.Object } not && Passes(value, not))
                Add(path, "fits the schema of not");
        }

        private bool Passes(JsonPart value, JsonPart part)
        {
            var inner = new Walk(schema, patterns);
            inner.Value(value, part, "", isResource: false, names: false);
            NotChecked.UnionWith(inner.NotChecked);
            return inner.Problems.Count == 0;
        }

        private bool HasType(JsonPart value, JsonPart node)
        {
            if (value.ValueKind == JsonValueKind.Null)
                return schema.IsBuiltIn || IsSet(node, "nullable") || node.Text("type") is null;
            if (IsIntOrString(node))
                return value.ValueKind == JsonValueKind.String || (value.ValueKind == JsonValueKind.Number && SchemaNumbers.IsWhole(value));
            return node.Text("type") switch
            {
                "object" => value.ValueKind == JsonValueKind.Object,
                "array" => value.ValueKind == JsonValueKind.Array,
                "string" => value.ValueKind == JsonValueKind.String,
                "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
                "integer" => value.ValueKind == JsonValueKind.Number && SchemaNumbers.IsWhole(value),
                "number" => value.ValueKind == JsonValueKind.Number,
                _ => true,
            };
        }

        private static bool IsIntOrString(JsonPart node) => IsSet(node, "x-kubernetes-int-or-string") || node.Text("format") == "int-or-string";

        private static string TypeOf(JsonPart node) => IsIntOrString(node) ? "integer or string" : node.Text("type") ?? "anything but null";

        private void Add(string path, string message)
        {
            if (Problems.Count < MostProblems)
                Problems.Add(new SchemaProblem(path, message));
        }

        private static bool IsOfResource(string name) => name is "apiVersion" or "kind" or "metadata";

        private static bool IsSet(JsonPart node, string name) => node.Member(name).ValueKind == JsonValueKind.True;

        // Servers count characters and not the pairs that some are made of here.
        private static int Length(string text)
        {
            var count = 0;
            foreach (var _ in text.EnumerateRunes())
                count++;
            return count;
        }

        private static string NameOf(JsonPart value) => value.ValueKind switch
        {
            JsonValueKind.True or JsonValueKind.False => "boolean",
            JsonValueKind.Undefined => "nothing",
            var kind => kind.ToString().ToLowerInvariant(),
        };

        private static string Append(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";
    }
}
