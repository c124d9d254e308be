using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Requests;
using KonUpgrade.Sandbox.Schemas;
using Microsoft.AspNetCore.Http;

namespace KonUpgrade.Sandbox.Api;

/// <summary>What becomes of what the deleted object owns.</summary>
internal enum Propagation
{
    Background,
    Foreground,
    Orphan,
}

/// <summary>The options of a delete, from its body or its query.</summary>
internal sealed record DeleteOptions
{
    /// <summary>Null: the kind's own way.</summary>
    public Propagation? Propagation { get; init; }

    public bool DryRun { get; init; }

    /// <summary>How long a Pod may take to end; null: as long as it says itself.</summary>
    public long? GracePeriodSeconds { get; init; }

    /// <summary>Empty for any.</summary>
    public string Uid { get; init; } = string.Empty;

    /// <summary>Empty for any.</summary>
    public string ResourceVersion { get; init; } = string.Empty;

    public static DeleteOptions Read(JsonObject? body, IQueryCollection query)
    {
        string policy = body is null ? query["propagationPolicy"].ToString() : Metadata.Text(body, "propagationPolicy");
        bool? orphan = body?["orphanDependents"] is JsonValue value && value.TryGetValue(out bool given) ? given
            : query.TryGetValue("orphanDependents", out Microsoft.Extensions.Primitives.StringValues text) ? RequestInfo.IsTrue(text) : null;
        JsonObject? preconditions = body?["preconditions"] as JsonObject;
        return new DeleteOptions
        {
            Propagation = policy switch
            {
                "Background" => Api.Propagation.Background,
                "Foreground" => Api.Propagation.Foreground,
                "Orphan" => Api.Propagation.Orphan,
                "" => orphan switch { true => Api.Propagation.Orphan, false => Api.Propagation.Background, null => null },
                _ => throw ApiError.Invalid("meta.k8s.io", "DeleteOptions", string.Empty,
                    [new("FieldValueNotSupported", $"Unsupported value: \"{policy}\": supported values: \"Foreground\", \"Background\", \"Orphan\", \"nil\"", "propagationPolicy")]),
            },
            GracePeriodSeconds = Json.TryInteger(body?["gracePeriodSeconds"], out long seconds) ? seconds : QueryOptions.Number(query, "gracePeriodSeconds"),
            DryRun = QueryOptions.DryRun(query, "DeleteOptions") || (body is not null && Metadata.Strings(body, "dryRun").Contains("All")),
            Uid = preconditions is null ? string.Empty : Metadata.Text(preconditions, "uid"),
            ResourceVersion = preconditions is null ? string.Empty : Metadata.Text(preconditions, "resourceVersion"),
        };
    }
}
