using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using KonUpgrade.Engine.Foundation.Json;

namespace KonUpgrade.Engine.Kubernetes;

/// <summary>A server-side apply that creates what is absent and is refused for what is there.</summary>
internal static class CreateOnlyApply
{
    /// <summary>
    /// A resourceVersion that no object has (the store counts from 1, and writes before the first object): a server holds
    /// an apply with it against what is there, and takes no notice of it where nothing is. Seen on 1.33.
    /// </summary>
    private const string NeverAVersion = "1";

    private static readonly JsonSerializerOptions s_plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = 1000 };

    /// <summary>The request. It is not to be repeated where the answer is lost: the second try would find the first one's object.</summary>
    public static ApiRequest Request(ApiResource resource, string? @namespace, string name, ReadOnlyMemory<byte> json, WriteOptions options) => new()
    {
        Method = HttpMethod.Patch,
        Path = KubernetesClient.Written(ResourcePath.Of(resource, @namespace, name), options).ToString(),
        Action = $"create {ResourcePath.Describe(resource, @namespace, name)} by apply",
        Target = ResourcePath.Describe(resource, @namespace, name),
        Body = SurrogateEscapes.Resolve(Body(json)),
        ContentType = "application/apply-patch+yaml",
        Repeatable = options.DryRun,
    };

    private static byte[] Body(ReadOnlyMemory<byte> json)
    {
        var node = JsonNode.Parse(json.Span, documentOptions: new JsonDocumentOptions { MaxDepth = 1000 })!.AsObject();
        node["metadata"]!["resourceVersion"] = NeverAVersion;
        return JsonSerializer.SerializeToUtf8Bytes(node, s_plain);
    }
}
