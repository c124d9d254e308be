using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Storage;

namespace KonUpgrade.Sandbox.Api;

/// <summary>Reads and writes <c>metadata</c> of an object.</summary>
internal static class Metadata
{
    /// <summary>The metadata, made when there is none.</summary>
    public static JsonObject Of(JsonObject item)
    {
        if (item["metadata"] is JsonObject metadata) return metadata;
        metadata = [];
        item["metadata"] = metadata;
        return metadata;
    }

    public static string Text(JsonObject holder, string field)
        => holder[field] is JsonValue value && value.TryGetValue(out string? text) ? text : string.Empty;

    public static string Name(JsonObject item) => Text(Of(item), "name");

    public static string Namespace(JsonObject item) => Text(Of(item), "namespace");

    public static string Uid(JsonObject item) => Text(Of(item), "uid");

    public static bool IsTerminating(JsonObject item) => Of(item)["deletionTimestamp"] is not null;

    public static long Generation(JsonObject item)
        => Of(item)["generation"] is JsonValue value && value.TryGetValue(out long generation) ? generation : 0;

    /// <summary>metadata.deletionGracePeriodSeconds; 0 where there is none.</summary>
    public static long GracePeriod(JsonObject item)
        => Of(item)["deletionGracePeriodSeconds"] is JsonValue value && value.TryGetValue(out long seconds) ? seconds : 0;

    public static IReadOnlyList<string> Finalizers(JsonObject item) => Strings(Of(item), "finalizers");

    public static void SetFinalizers(JsonObject item, IEnumerable<string> finalizers)
    {
        var list = new JsonArray([.. finalizers.Select(finalizer => (JsonNode?)JsonValue.Create(finalizer))]);
        if (list.Count == 0) Of(item).Remove("finalizers");
        else Of(item)["finalizers"] = list;
    }

    public static void AddFinalizer(JsonObject item, string finalizer)
    {
        IReadOnlyList<string> present = Finalizers(item);
        if (!present.Contains(finalizer)) SetFinalizers(item, [.. present, finalizer]);
    }

    public static void RemoveFinalizer(JsonObject item, string finalizer)
        => SetFinalizers(item, Finalizers(item).Where(present => present != finalizer));

    public static IReadOnlyList<string> Strings(JsonObject holder, string field)
        => holder[field] is JsonArray list ? [.. list.OfType<JsonValue>().Where(value => value.GetValueKind() == JsonValueKind.String).Select(value => value.GetValue<string>())] : [];

    /// <summary>The entries of ownerReferences that are objects.</summary>
    public static IEnumerable<JsonObject> OwnerReferences(JsonObject item)
        => Of(item)["ownerReferences"] is JsonArray list ? list.OfType<JsonObject>() : [];

    public static OwnerLink[] Owners(JsonObject item)
        => [.. OwnerReferences(item).Select(owner => new OwnerLink(
            Text(owner, "uid"),
            owner["blockOwnerDeletion"] is JsonValue value && value.TryGetValue(out bool blocks) && blocks))];

    /// <summary>A time as Kubernetes writes it, to the second.</summary>
    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
