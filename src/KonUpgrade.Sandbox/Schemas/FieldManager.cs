using System.Text.Json.Nodes;

namespace KonUpgrade.Sandbox.Schemas;

/// <summary>Who writes, how, and by which schema.</summary>
internal sealed record FieldManager
{
    /// <summary>fieldManager of the request; when absent the server takes the User-Agent up to the first slash.</summary>
    public required string Name { get; init; }

    /// <summary>The group version of the request, in which both objects are.</summary>
    public required string ApiVersion { get; init; }

    /// <summary>The kind, for messages.</summary>
    public required string Kind { get; init; }

    public required SchemaNode Schema { get; init; }

    /// <summary>"status", or null for the object itself.</summary>
    public string? Subresource { get; init; }

    /// <summary>The kind has a status subresource, so that the object's own endpoint neither changes nor owns its status.</summary>
    public bool StatusSubresource { get; init; }

    public required DateTimeOffset Now { get; init; }

    /// <summary>
    /// The schema of another group version in which some manager wrote, and the way there; null when it is no longer
    /// served, and then its managers are dropped. Left out: all versions are taken to have the same fields.
    /// </summary>
    public Func<string, ManagedVersion?>? OtherVersions { get; init; }
}

/// <summary>Another version of a kind: its schema, and how an object of the request's version becomes one of it and back.</summary>
internal sealed record ManagedVersion(SchemaNode Schema, Func<JsonObject, JsonObject> Convert, Func<JsonObject, JsonObject> Back);

/// <summary>One field that another manager owns with another value.</summary>
/// <param name="Manager">As the server prints it: "kubectl" using apps/v1</param>
/// <param name="Path">.spec.replicas</param>
internal sealed record FieldConflict(string Manager, string Path)
{
    /// <summary>Reason FieldManagerConflict's message in the Status' causes.</summary>
    public string Message => $"conflict with {Manager}";
}

/// <summary>What came of an apply: the object, conflicts (409), or why the applied object does not fit its schema (500 on a real server).</summary>
internal sealed record ApplyOutcome
{
    /// <summary>The merged object with its managedFields; null when there are conflicts or a problem. Neither defaulted nor validated yet.</summary>
    public JsonObject? Object { get; init; }

    public IReadOnlyList<FieldConflict> Conflicts { get; init; } = [];

    /// <summary>"failed to create typed patch object (...): .spec.foo: field not declared in schema"</summary>
    public string? Problem { get; init; }

    /// <summary>The Status message of a conflict, as the real server words it.</summary>
    public string ConflictMessage
    {
        get
        {
            if (Conflicts.Count == 1)
                return $"Apply failed with 1 conflict: conflict with {Conflicts[0].Manager}: {Conflicts[0].Path}";
            var lines = Conflicts.GroupBy(c => c.Manager, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal)
                .SelectMany(g => g.Select(c => $"- {c.Path}").Prepend($"conflicts with {g.Key}:"));
            return $"Apply failed with {Conflicts.Count} conflicts: {string.Join('\n', lines)}";
        }
    }
}
