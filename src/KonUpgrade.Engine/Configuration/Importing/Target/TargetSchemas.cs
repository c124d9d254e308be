using KonUpgrade.Engine.ApiVersions.Schemas;
using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Foundation.Streams;
using KonUpgrade.Engine.Kubernetes;

namespace KonUpgrade.Engine.Configuration.Importing.Target;

/// <summary>The schemas that the target publishes of what it serves. Each document is read once, when it is first needed.</summary>
internal sealed class TargetSchemas
{
    private readonly ReadOnce<(string Group, string Version), JsonPart> _documents;
    private readonly ReadOnce<ApiResource, ObjectSchema?> _schemas;

    public TargetSchemas(KubernetesClient client)
    {
        _documents = new(async (version, token) =>
            await client.GetOpenApiAsync(version.Group, version.Version, token).ConfigureAwait(false) is { } json ? JsonIndex.Parse(json).Root : default);
        _schemas = new(async (resource, token) => ObjectSchema.OfDocument(
            await _documents.GetAsync((resource.Group, resource.Version), token).ConfigureAwait(false), resource.Group, resource.Version, resource.Kind));
    }

    /// <summary>The schema of a kind, or why it is not known.</summary>
    public async Task<(ObjectSchema? Schema, string? WhyNot)> FindAsync(ApiResource resource, CancellationToken cancellationToken)
    {
        try
        {
            var schema = await _schemas.GetAsync(resource, cancellationToken).ConfigureAwait(false);
            return (schema, schema is null ? $"the target publishes no schema of {resource} (OpenAPI v3, Kubernetes 1.24 and later)" : null);
        }
        catch (KubernetesApiException e)
        {
            return (null, e.Failure.Message);
        }
    }
}
