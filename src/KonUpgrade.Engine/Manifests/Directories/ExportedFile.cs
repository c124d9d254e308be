using System.Text.Json;
using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Kubernetes;

namespace KonUpgrade.Engine.Manifests.Directories;

/// <summary>A line of <c>files.jsonl</c>: one object of an export.</summary>
internal sealed record ExportedFile
{
    /// <summary>The file, within the export, with slashes.</summary>
    public required string Path { get; init; }

    /// <summary>The file's SHA-256, in small hexadecimal digits.</summary>
    public required string Sha256 { get; init; }

    public required string ApiVersion { get; init; }

    public required string Kind { get; init; }

    public string? Namespace { get; init; }

    public required string Name { get; init; }

    /// <summary>Who owns most of the object on the source.</summary>
    public FieldOwner? Owner { get; init; }

    /// <summary>Who else owns fields of it.</summary>
    public IReadOnlyList<FieldOwner> OtherOwners { get; init; } = [];

    public IReadOnlyList<OwnerReference> OwnerReferences { get; init; } = [];

    /// <summary>Whether the file is encrypted.</summary>
    public bool IsEncrypted => Path.EndsWith(ManifestPath.Encrypted, StringComparison.Ordinal);

    /// <summary>The API group; empty for the core group.</summary>
    public string Group => ApiResource.GroupOf(ApiVersion);

    /// <summary>Reads a line.</summary>
    /// <exception cref="JsonException">It is no such line.</exception>
    public static ExportedFile Parse(ReadOnlyMemory<byte> line)
    {
        using var document = JsonIndex.Parse(line);
        var root = document.Root;
        var owner = root.Member("owner"u8);
        return new ExportedFile
        {
            Path = Required(root, "path"u8),
            Sha256 = Required(root, "sha256"u8),
            ApiVersion = Required(root, "apiVersion"u8),
            Kind = Required(root, "kind"u8),
            Namespace = root.Member("namespace"u8).Text(),
            Name = Required(root, "name"u8),
            Owner = owner.ValueKind == JsonValueKind.Object ? ReadOwner(owner) : null,
            OtherOwners = [.. root.Member("otherOwners"u8).Elements().Select(ReadOwner)],
            OwnerReferences = [.. root.Member("ownerReferences"u8).Elements().Select(ReadReference)],
        };
    }

    /// <summary>The owners of an object, as an object's own metadata has them.</summary>
    public static IReadOnlyList<OwnerReference> ReadReferences(JsonPart references) =>
        references.ValueKind == JsonValueKind.Array ? [.. references.EnumerateArray().Select(ReadReference)] : [];

    /// <summary>One owner of an object, as an object's own metadata has it.</summary>
    public static OwnerReference ReadReference(JsonPart element) => new(
        element.Member("apiVersion"u8).Text() ?? "",
        element.Member("kind"u8).Text() ?? "",
        element.Member("name"u8).Text() ?? "",
        element.Member("controller"u8).ValueKind == JsonValueKind.True);

    private static FieldOwner ReadOwner(JsonPart element) =>
        new(element.Member("manager"u8).Text() ?? "", element.Member("operation"u8).Text() ?? "Update");

    private static string Required(JsonPart root, ReadOnlySpan<byte> name) =>
        root.Member(name).Text() ?? throw new JsonException($"'{System.Text.Encoding.UTF8.GetString(name)}' is missing.");
}
