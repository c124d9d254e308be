using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;

namespace KonUpgrade.Sandbox.Schemas;

/// <summary>The JSON types a field can have. <see cref="Any"/> takes every value.</summary>
internal enum SchemaType
{
    Any,
    Object,
    Array,
    String,
    Integer,
    Number,
    Boolean,
}

/// <summary>How the items of a list belong together (x-kubernetes-list-type).</summary>
internal enum ListType
{
    Atomic,
    Set,
    Map,
}

/// <summary>What a strategic merge patch does with a field (x-kubernetes-patch-strategy).</summary>
[Flags]
internal enum PatchStrategies
{
    None = 0,
    Merge = 1,
    Replace = 2,
    RetainKeys = 4,
}

/// <summary>
/// What one place in an object may hold. One tree of these drives OpenAPI, decoding, defaults, validation, patches and
/// field ownership alike. The same tree is shared by all requests and never changes once built.
/// </summary>
internal sealed record SchemaNode
{
    private static readonly IReadOnlyDictionary<string, SchemaNode> NoProperties = new Dictionary<string, SchemaNode>();

    /// <summary>A node that takes anything and owns nothing below itself by name.</summary>
    public static SchemaNode Anything { get; } = new() { PreserveUnknownFields = true };

    public SchemaType Type { get; init; }

    /// <summary>OpenAPI format: int32, int64, double, byte, date-time, ... or null.</summary>
    public string? Format { get; init; }

    /// <summary>The published name of a shared structure (io.k8s.api.core.v1.PodSpec); null where the fields stand inline.</summary>
    public string? Definition { get; init; }

    public IReadOnlyDictionary<string, SchemaNode> Properties { get; init; } = NoProperties;

    public IReadOnlyCollection<string> Required { get; init; } = [];

    public SchemaNode? Items { get; init; }

    /// <summary>What values under names that <see cref="Properties"/> does not list must be; null where such names are unknown.</summary>
    public SchemaNode? AdditionalProperties { get; init; }

    /// <summary>The value an absent field gets. Never handed out itself: clone it.</summary>
    public JsonNode? Default { get; init; }

    /// <summary>The default is in the published documents, and not only in what the server does.</summary>
    public bool DefaultPublished { get; init; } = true;

    public bool Nullable { get; init; }

    public bool PreserveUnknownFields { get; init; }

    public bool EmbeddedResource { get; init; }

    /// <summary>An integer or a string; <see cref="Type"/> is then <see cref="SchemaType.Any"/>.</summary>
    public bool IntOrString { get; init; }

    public ListType ListType { get; init; }

    /// <summary>The list type is not published as such: it follows from the patch strategy, as the server has it follow too.</summary>
    public bool ListTypeImplied { get; init; }

    public IReadOnlyList<string> ListMapKeys { get; init; } = [];

    /// <summary>The whole object has one owner (x-kubernetes-map-type: atomic).</summary>
    public bool AtomicMap { get; init; }

    /// <summary>The shared structure as such has one owner, whatever this field of it says.</summary>
    public bool AtomicDefinition { get; init; }

    public PatchStrategies PatchStrategy { get; init; }

    public string? PatchMergeKey { get; init; }

    /// <summary>What a value must be beyond its type; null where nothing is asked.</summary>
    public ValueRules? Rules { get; init; }

    /// <summary>Null tells nothing from zero here: a Go pointer, so that false, 0 and "" are kept when written.</summary>
    public bool Pointer { get; init; }

    /// <summary>The real server writes this field of a built-in kind even when it is empty (a Go field without omitempty).</summary>
    public bool AlwaysWritten { get; init; }

    /// <summary>Built from the table of built-in kinds, where the server decodes into Go types, and not from a CRD.</summary>
    public bool BuiltIn { get; init; }

    /// <summary>The minor of Kubernetes whose facts these are; 0 of a CRD's.</summary>
    public int Minor { get; init; }

    /// <summary>Nodes are told apart by identity: they form a graph with cycles.</summary>
    public bool Equals(SchemaNode? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => RuntimeHelpers.GetHashCode(this);

    public override string ToString() => Definition ?? Type.ToString();
}
