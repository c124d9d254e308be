using System.Text.Json.Serialization;
using KonUpgrade.Engine.Aws.Json11;
using KonUpgrade.Engine.Aws.RestJson;

namespace KonUpgrade.Engine.Aws.Tagging;

/// <summary>GetResources: resources of the region by their tags, with all of these.</summary>
public sealed record GetResourcesRequest
{
    /// <summary>What their tags are: every one of these.</summary>
    public required IReadOnlyList<TagFilter> TagFilters { get; init; }

    /// <summary>Of which types: <c>rds:db</c>, <c>s3</c>; null for all.</summary>
    public IReadOnlyList<string>? ResourceTypeFilters { get; init; }

    /// <summary>What asks for the next page.</summary>
    public string? PaginationToken { get; init; }

    internal Json11Call Call(string? next) => new("ResourceGroupsTaggingAPI_20170126", "GetResources", "The tagging service did not list", "tag:GetResources")
    {
        Body = this with { PaginationToken = next },
        Subject = $"resources with the tags {string.Join(", ", TagFilters)}",
        Target = TagFilters.Count > 0 ? TagFilters[0].Key : "tags",
        Reads = true,
    };
}

/// <summary>A tag that is asked for.</summary>
public sealed record TagFilter
{
    /// <summary>The tag's key.</summary>
    public required string Key { get; init; }

    /// <summary>One of these values; none for any.</summary>
    public IReadOnlyList<string> Values { get; init; } = [];

    /// <inheritdoc/>
    public override string ToString() => Values.Count == 0 ? Key : $"{Key}={string.Join("|", Values)}";
}

/// <summary>A resource with its tags.</summary>
public sealed record ResourceTagMapping
{
    /// <summary>The resource's ARN.</summary>
    [JsonPropertyName("ResourceARN")]
    public string ResourceArn { get; init; } = "";

    /// <summary>Its tags.</summary>
    public IReadOnlyList<ResourceTag> Tags { get; init; } = [];

    /// <summary>The value of a tag, or null.</summary>
    public string? Tag(string key) => Tags.FirstOrDefault(tag => tag.Key == key)?.Value;
}

/// <summary>A tag.</summary>
public sealed record ResourceTag
{
    /// <summary>The key.</summary>
    public string Key { get; init; } = "";

    /// <summary>The value.</summary>
    public string Value { get; init; } = "";
}

internal sealed record GetResourcesResponse : IRestJsonPage<ResourceTagMapping>
{
    public IReadOnlyList<ResourceTagMapping> ResourceTagMappingList { get; init; } = [];

    public string? PaginationToken { get; init; }

    IReadOnlyList<ResourceTagMapping> IRestJsonPage<ResourceTagMapping>.Items => ResourceTagMappingList;

    string? IRestJsonPage<ResourceTagMapping>.NextToken => PaginationToken;
}
