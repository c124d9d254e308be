using System.Buffers;
using System.Text.Json;
using KonUpgrade.Engine.Foundation.Json;

namespace KonUpgrade.Engine.Kubernetes;

/// <summary>
/// An object of the Kubernetes API: its JSON, whole, with a read-only index, so that a field that nobody here has
/// ever heard of survives. It may own pooled memory: dispose of it once, and use nothing of it afterwards.
/// </summary>
public sealed class KubernetesObject : IDisposable
{
    private readonly JsonIndex _index;
    private byte[]? _pooled;
    private string? _name;
    private string? _namespace;

    private KubernetesObject(JsonIndex index, byte[]? pooled, string? apiVersion, string? kind)
    {
        _index = index;
        _pooled = pooled;
        // Items of a list all say the same: the caller's string serves for each.
        ApiVersion = Same(index.Root.Member("apiVersion"u8), apiVersion);
        Kind = Same(index.Root.Member("kind"u8), kind);
        Metadata = index.Root.Member("metadata"u8) is { ValueKind: JsonValueKind.Object } metadata ? metadata : default;
    }

    /// <summary>The object as UTF-8 JSON, as the server or the file had it.</summary>
    public ReadOnlyMemory<byte> Json => _index.Json;

    /// <summary>The whole of it.</summary>
    public JsonPart Root => _index.Root;

    /// <summary><c>metadata</c>, or an element of kind Undefined where there is none.</summary>
    public JsonPart Metadata { get; }

    /// <summary>Group and version. Items of a built-in kind's list leave it out of their JSON; it is here all the same.</summary>
    public string ApiVersion { get; }

    /// <summary>The kind. Items of a built-in kind's list leave it out of their JSON; it is here all the same.</summary>
    public string Kind { get; }

    /// <summary>The API group; empty for the core group.</summary>
    public string Group => ApiResource.GroupOf(ApiVersion);

    /// <summary>The version without its group.</summary>
    public string Version => ApiResource.VersionOf(ApiVersion);

    /// <summary>The name; empty where there is none.</summary>
    public string Name => _name ??= Metadata.Text("name") ?? "";

    /// <summary>The namespace, or null for an object that has none.</summary>
    public string? Namespace => (_namespace ??= Metadata.Text("namespace") ?? "") is { Length: > 0 } value ? value : null;

    /// <summary>The UID that the server gave, or null.</summary>
    public string? Uid => Metadata.Text("uid");

    /// <summary>The version that the server keeps for optimistic locking, or null.</summary>
    public string? ResourceVersion => Metadata.Text("resourceVersion");

    /// <summary>The owner that manages it (<c>ownerReferences</c> with <c>controller: true</c>), or an element of kind Undefined.</summary>
    public JsonPart Controller
    {
        get
        {
            foreach (var owner in Metadata.Member("ownerReferences"u8).Elements())
            {
                if (owner.Member("controller"u8).ValueKind == JsonValueKind.True)
                    return owner;
            }
            return default;
        }
    }

    /// <summary>Reads an object from memory that stays valid as long as the object lives.</summary>
    /// <param name="json">The object's UTF-8 JSON.</param>
    /// <param name="apiVersion">What holds where the JSON has no apiVersion.</param>
    /// <param name="kind">What holds where the JSON has no kind.</param>
    /// <exception cref="JsonException">The text is not JSON, or not an object.</exception>
    public static KubernetesObject Parse(ReadOnlyMemory<byte> json, string? apiVersion = null, string? kind = null) =>
        Create(json, pooled: null, apiVersion, kind);

    /// <summary>Copies the text into pooled memory of the object's own and reads it.</summary>
    /// <inheritdoc cref="Parse"/>
    public static KubernetesObject Copy(ReadOnlySpan<byte> json, string? apiVersion = null, string? kind = null)
    {
        var pooled = ArrayPool<byte>.Shared.Rent(json.Length);
        json.CopyTo(pooled);
        return Create(pooled.AsMemory(0, json.Length), pooled, apiVersion, kind);
    }

    /// <summary>A label's value, or null.</summary>
    public string? Label(string key) => Metadata.Member("labels"u8).Text(key);

    /// <summary>An annotation's value, or null.</summary>
    public string? Annotation(string key) => Metadata.Member("annotations"u8).Text(key);

    /// <inheritdoc/>
    public void Dispose()
    {
        _index.Dispose();
        if (Interlocked.Exchange(ref _pooled, null) is { } pooled)
            ArrayPool<byte>.Shared.Return(pooled);
    }

    /// <summary>As people write it: <c>apps/v1 Deployment shop/web</c>.</summary>
    public override string ToString() => Namespace is { } ns ? $"{ApiVersion} {Kind} {ns}/{Name}" : $"{ApiVersion} {Kind} {Name}";

    /// <summary>The index over <see cref="Json"/>.</summary>
    internal JsonIndex Index => _index;

    private static KubernetesObject Create(ReadOnlyMemory<byte> json, byte[]? pooled, string? apiVersion, string? kind)
    {
        JsonIndex? index = null;
        try
        {
            index = JsonIndex.Parse(json);
            if (index.Root.ValueKind != JsonValueKind.Object)
                throw new JsonException("A Kubernetes object is a JSON object.");
            return new KubernetesObject(index, pooled, apiVersion, kind);
        }
        catch
        {
            index?.Dispose();
            if (pooled is not null)
                ArrayPool<byte>.Shared.Return(pooled);
            throw;
        }
    }

    private static string Same(JsonPart value, string? expected)
    {
        if (value.ValueKind != JsonValueKind.String)
            return expected ?? "";
        return expected is not null && value.ValueEquals(expected) ? expected : value.GetString() ?? "";
    }
}
