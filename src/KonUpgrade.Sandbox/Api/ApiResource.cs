using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Requests;
using KonUpgrade.Sandbox.Schemas;
using KonUpgrade.Sandbox.Storage;

namespace KonUpgrade.Sandbox.Api;

/// <summary>
/// A kind as one group version serves it, built in or defined by a CRD: what routing, discovery and the verbs need.
/// </summary>
internal sealed class ApiResource
{
    /// <summary>Empty for the core group.</summary>
    public required string Group { get; init; }

    public required string Version { get; init; }

    public required string Plural { get; init; }

    public required string Singular { get; init; }

    public required string Kind { get; init; }

    public required string ListKind { get; init; }

    public required bool Namespaced { get; init; }

    public IReadOnlyList<string> ShortNames { get; init; } = [];

    public IReadOnlyList<string> Categories { get; init; } = [];

    public required IReadOnlyList<string> Verbs { get; init; }

    /// <summary>status and others by name.</summary>
    public IReadOnlyList<string> Subresources { get; init; } = [];

    /// <summary>What its scale subresource reads and writes; null where it has none.</summary>
    public ScaleFields? Scale { get; init; }

    public required SchemaNode Schema { get; init; }

    /// <summary>Defined by a CRD.</summary>
    public bool IsCustom { get; init; }

    /// <summary>Where the objects lie; shared by all group versions of the kind.</summary>
    public required Collection Collection { get; init; }

    /// <summary>The apiVersion that writes are stored in.</summary>
    public required string StorageApiVersion { get; init; }

    /// <summary>Turns an object of the given apiVersion into this one's, or this one's into that.</summary>
    public required Func<JsonObject, string, string, JsonObject> Convert { get; init; }

    /// <summary>Served, but no more to be created: its CRD is being deleted.</summary>
    public bool IsTerminating { get; init; }

    /// <summary>The specification in its CRD, the same instance for as long as that stays the same; null for what is built in.</summary>
    public JsonNode? Definition { get; init; }

    /// <summary>What discovery tells. A terminating kind does not speak of patch and update, though they work.</summary>
    public IReadOnlyList<string> ListedVerbs => IsTerminating ? [.. Verbs.Where(verb => verb is not ("create" or "patch" or "update"))] : Verbs;

    /// <summary>What OpenAPI tells of it.</summary>
    public required ServedResource Described { get; init; }

    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    /// <summary>Its CRD says so; of the built-in versions every one counts as deprecated whose end is known, since nothing here tells since when.</summary>
    public bool IsDeprecated => IsCustom
        ? (Definition?["versions"] as JsonArray)?.Any(version => (string?)version?["name"] == Version && version["deprecated"] is JsonValue deprecated && deprecated.TryGetValue(out bool value) && value) == true
        : Described.RemovedIn is not null;

    /// <summary>The release that serves it no more: 1.25; empty where none is known.</summary>
    public string RemovedRelease => IsCustom || Described.RemovedIn is not { } minor ? string.Empty : $"1.{minor}";

    public bool HasStatus => Subresources.Contains("status");

    /// <summary>Every custom resource counts generations; of the built-in kinds those do whose metadata shows it on real servers.</summary>
    public bool CountsGenerations => IsCustom || GenerationKinds.Counts(Group, Kind);

    /// <summary>What discovery calls storageVersionHash: the same for all that is stored alike.</summary>
    public string StorageVersionHash
    {
        get
        {
            byte[] hash = System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes($"{Group}/{StorageApiVersion[(StorageApiVersion.IndexOf('/', StringComparison.Ordinal) + 1)..]}/{Kind}"));
            return System.Convert.ToBase64String(hash, 0, 8);
        }
    }

    public ApiError NotFound(string name) => ApiError.NotFound(Group, Plural, name);

    /// <summary>An object of the store as this version shows it.</summary>
    public JsonObject Read(StoredObject item)
    {
        JsonObject tree = JsonTree.ParseObject(item.Json);
        return item.ApiVersion == ApiVersion ? tree : Convert(tree, item.ApiVersion, ApiVersion);
    }
}
