using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace KonUpgrade.Sandbox.Schemas;

/// <summary>The value validations of JSON schema that Kubernetes knows; absent ones are null.</summary>
internal sealed class ValueRules
{
    /// <summary>The values allowed.</summary>
    public IReadOnlyList<JsonNode?>? Enum { get; init; }

    /// <summary>The pattern as written.</summary>
    public string? PatternText { get; init; }

    /// <summary><see cref="PatternText"/> compiled; null where .NET cannot read it, and then it is not checked.</summary>
    public Regex? Pattern { get; init; }

    /// <summary>date-time, email, ipv4, ... where the server checks it.</summary>
    public string? Format { get; init; }

    public double? Minimum { get; init; }

    public double? Maximum { get; init; }

    public bool ExclusiveMinimum { get; init; }

    public bool ExclusiveMaximum { get; init; }

    public double? MultipleOf { get; init; }

    public int? MinLength { get; init; }

    public int? MaxLength { get; init; }

    public int? MinItems { get; init; }

    public int? MaxItems { get; init; }

    public bool UniqueItems { get; init; }

    public int? MinProperties { get; init; }

    public int? MaxProperties { get; init; }

    public IReadOnlyList<SchemaNode>? AllOf { get; init; }

    public IReadOnlyList<SchemaNode>? AnyOf { get; init; }

    public IReadOnlyList<SchemaNode>? OneOf { get; init; }

    public SchemaNode? Not { get; init; }

    /// <summary>Nothing is asked.</summary>
    public bool IsEmpty => this is
    {
        Enum: null, PatternText: null, Format: null, Minimum: null, Maximum: null, MultipleOf: null, MinLength: null, MaxLength: null,
        MinItems: null, MaxItems: null, UniqueItems: false, MinProperties: null, MaxProperties: null, AllOf: null, AnyOf: null, OneOf: null, Not: null,
    };
}
