using System.Collections.Concurrent;
using System.Text.Json;
using KonUpgrade.Engine.ApiVersions;
using KonUpgrade.Engine.ApiVersions.Schemas;
using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Kubernetes;

namespace KonUpgrade.Engine.Configuration.Importing.Target;

/// <summary>The kinds that the definitions of an import would bring or change, as a dry run knows them: nobody serves them yet.</summary>
internal sealed class PlannedKinds
{
    private readonly ConcurrentDictionary<(string Group, string Version, string Kind), PlannedKind> _kinds = new();

    /// <summary>What the definitions would serve, within a group the version first that a server would offer first.</summary>
    public IReadOnlyList<ApiResource> Resources =>
        [.. _kinds.Values.Select(kind => kind.Resource).OrderBy(r => r.Version, VersionPriority.Instance).ThenBy(r => r.Kind, StringComparer.Ordinal)];

    /// <summary>A kind, where it comes or changes with the import.</summary>
    public PlannedKind? Find(ApiResource resource) => _kinds.GetValueOrDefault((resource.Group, resource.Version, resource.Kind));

    /// <summary>Another plural by which a definition of the import would serve the same kind.</summary>
    public string? OtherPlural(string group, string kind, string plural) =>
        _kinds.Values.FirstOrDefault(k => k.Resource.Group == group && k.Resource.Kind == kind && k.Resource.Plural != plural)?.Resource.Plural;

    /// <summary>Takes a definition in.</summary>
    /// <param name="definition">As it would be written.</param>
    /// <param name="isNew">Whether the target has it not yet.</param>
    public void Add(ReadOnlyMemory<byte> definition, bool isNew)
    {
        // It is read as long as the dry run lasts: its schemas are in it.
        var spec = JsonIndex.Parse(definition).Root.Member("spec");
        var names = spec.Member("names");
        if (spec.Text("group") is not { } group || names.Text("kind") is not { } kind || names.Text("plural") is not { } plural)
            return;
        var storage = spec.Objects("versions").FirstOrDefault(v => v.Member("storage").ValueKind == JsonValueKind.True).Text("name");
        var service = spec.Member("conversion").Text("strategy") == "Webhook" ? WebhookService.Of(spec.Member("conversion").Member("webhook").Member("clientConfig")) : null;
        foreach (var version in spec.Objects("versions"))
        {
            if (version.Text("name") is not { } name || version.Member("served").ValueKind != JsonValueKind.True)
                continue;
            var resource = new ApiResource { Group = group, Version = name, Kind = kind, Plural = plural, Namespaced = spec.Text("scope") != "Cluster" };
            _kinds[(group, name, kind)] = new PlannedKind(resource, ObjectSchema.OfDefinition(version), isNew)
            {
                ConvertedBy = name != storage && service is { } asked ? $"{asked.Namespace}/{asked.Name}" : null,
            };
        }
    }
}

/// <summary>A kind of an import's definition in one version.</summary>
/// <param name="Resource">As the target would serve it.</param>
/// <param name="Schema">What its objects must be like; null where every object is taken.</param>
/// <param name="IsNew">Whether the target has no definition of it yet. Otherwise the import changes the one that is there.</param>
internal sealed record PlannedKind(ApiResource Resource, ObjectSchema? Schema, bool IsNew)
{
    /// <summary>The Service that converts its objects to the version in which they are stored; null where none does.</summary>
    public string? ConvertedBy { get; init; }
}
