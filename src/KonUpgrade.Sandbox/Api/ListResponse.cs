using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Api.Tables;
using KonUpgrade.Sandbox.Faults;
using KonUpgrade.Sandbox.Requests;
using KonUpgrade.Sandbox.Storage;
using Microsoft.AspNetCore.Http;

namespace KonUpgrade.Sandbox.Api;

/// <summary>
/// Lists objects, whole or in pages. Bytes go from the store to the connection as they are; nothing is parsed unless
/// another version or a selector asks for it.
/// </summary>
internal sealed class ListResponse(SimulatedCluster cluster)
{
    private const int FlushAt = 256 * 1024;

    private const string Inconsistent = "The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.";

    public async Task WriteAsync(HttpContext context, ApiResource resource, RequestInfo info)
    {
        IQueryCollection query = context.Request.Query;
        LabelSelector labels = LabelSelector.Parse(query["labelSelector"]);
        FieldSelector fields = FieldSelector.Parse(query["fieldSelector"], resource);
        long limit = QueryOptions.Number(query, "limit") ?? 0;
        string continuation = query["continue"].ToString();
        string asked = query["resourceVersion"].ToString(), match = query["resourceVersionMatch"].ToString();
        CheckOptions(asked, match, continuation);

        string prefix = info.Namespace.Length > 0 && resource.Namespaced ? $"{info.Namespace}/" : string.Empty;
        (ImmutableSortedSet<StoredObject> objects, long revision) = cluster.Store.Snapshot(resource.Collection);
        string from = prefix;
        if (continuation.Length > 0)
        {
            (long tokenRevision, string start) = ReadToken(continuation);
            from = prefix + start;
            bool expired = cluster.Faults.Strike(cluster.Name, info, info.Name, hasContinue: true, FaultKind.ExpiredPage) is not null;
            if (tokenRevision > 0)
            {
                ImmutableSortedSet<StoredObject>? then = expired ? null : cluster.Store.SnapshotAt(resource.Collection, tokenRevision);
                objects = then ?? throw ApiError.Expired(Inconsistent, Token(-1, start));
                revision = tokenRevision;
            }
        }
        else if (asked.Length > 0 && asked != "0")
        {
            long wanted = ReadRevision(asked);
            if (match == "Exact" && wanted != revision)
            {
                if (wanted > revision) throw TooLarge(wanted, revision);
                bool unchanged = resource.Collection.LastChange <= wanted;
                objects = unchanged ? objects : cluster.Store.SnapshotAt(resource.Collection, wanted) ?? throw ApiError.Expired("The resourceVersion for the provided list is too old.");
                revision = wanted;
            }
            else if (wanted > revision)
            {
                throw TooLarge(wanted, revision);
            }
        }
        // A list "at any revision" comes from the watch cache, which knows no pages.
        if (asked == "0" && match != "Exact" && continuation.Length == 0) limit = 0;

        var page = new Page(objects, Collection.LowerBound(objects, from), End(objects, prefix));
        page.Take(limit, item => fields.Matches(item) && (labels.IsEmpty || labels.Matches(LabelSelector.LabelsOf(item.Json))), labels.IsEmpty && fields.IsEmpty);
        string next = string.Empty;
        if (page.HasMore)
        {
            string last = page.Items[^1].Key[prefix.Length..];
            next = Token(revision, last + "\0");
            cluster.Store.Pin(resource.Collection, revision, objects, cluster.Settings.PageLifetime);
        }
        if (TableRequest.Of(context) is { } table) await SendTableAsync(context, resource, page, revision, next, table);
        else await SendAsync(context, resource, page, revision, next);
    }

    private async Task SendTableAsync(HttpContext context, ApiResource resource, Page page, long revision, string next, TableRequest request)
    {
        var metadata = new JsonObject { ["resourceVersion"] = revision.ToString(CultureInfo.InvariantCulture) };
        if (next.Length > 0) metadata["continue"] = next;
        if (page.Remaining is { } remaining) metadata["remainingItemCount"] = remaining;
        JsonObject table = new ObjectTable(resource, request).Of(page.Items.Select(resource.Read), metadata, cluster.Now);
        await new Answer(200, table).SendAsync(context);
    }

    private static async Task SendAsync(HttpContext context, ApiResource resource, Page page, long revision, string next)
    {
        context.Response.StatusCode = 200;
        context.Response.ContentType = ContentNegotiation.ForAnswer(context);
        PipeWriter writer = context.Response.BodyWriter;
        // Built-in kinds begin with kind and metadata, as their Go types do; custom resources are maps, sorted by key.
        if (resource.IsCustom)
        {
            Write(writer, $"{{\"apiVersion\":{Quote(resource.ApiVersion)},\"items\":[");
        }
        else
        {
            Write(writer, $"{{\"kind\":{Quote(resource.ListKind)},\"apiVersion\":{Quote(resource.ApiVersion)},\"metadata\":{{\"resourceVersion\":\"{revision}\"");
            if (next.Length > 0) Write(writer, $",\"continue\":\"{next}\"");
            if (page.Remaining is { } remaining) Write(writer, $",\"remainingItemCount\":{remaining}");
            Write(writer, "},\"items\":[");
        }
        long pending = 0;
        for (int i = 0; i < page.Items.Count; i++)
        {
            if (i > 0) writer.Write(","u8);
            pending += WriteItem(writer, resource, page.Items[i]);
            if (pending < FlushAt) continue;
            pending = 0;
            FlushResult flushed = await writer.FlushAsync(context.RequestAborted);
            if (flushed.IsCompleted || flushed.IsCanceled) return;
        }
        if (resource.IsCustom)
        {
            // The last page of custom resources has its continue too: an empty one.
            Write(writer, $"],\"kind\":{Quote(resource.ListKind)},\"metadata\":{{\"continue\":\"{next}\"");
            if (page.Remaining is { } remaining) Write(writer, $",\"remainingItemCount\":{remaining}");
            Write(writer, $",\"resourceVersion\":\"{revision}\"}}}}\n");
        }
        else
        {
            Write(writer, "]}\n");
        }
        await writer.FlushAsync(context.RequestAborted);
    }

    private static int WriteItem(PipeWriter writer, ApiResource resource, StoredObject item)
    {
        ReadOnlySpan<byte> json = item.Json;
        if (item.ApiVersion != resource.ApiVersion)
        {
            (byte[] converted, int typeLength) = JsonTree.ToStored(resource.Read(item), resource.Kind, resource.ApiVersion);
            json = converted;
            if (!resource.IsCustom) return WriteUntyped(writer, json[typeLength..]);
        }
        else if (!resource.IsCustom)
        {
            return WriteUntyped(writer, json[item.TypeLength..]);
        }
        writer.Write(json);
        return json.Length;
    }

    // Items of a built-in list have no kind and apiVersion of their own.
    private static int WriteUntyped(PipeWriter writer, ReadOnlySpan<byte> rest)
    {
        writer.Write("{"u8);
        writer.Write(rest);
        return rest.Length + 1;
    }

    private static int End(ImmutableSortedSet<StoredObject> objects, string prefix)
        // '0' follows '/': the first key behind all of the namespace.
        => prefix.Length == 0 ? objects.Count : Collection.LowerBound(objects, prefix[..^1] + "0");

    private static void CheckOptions(string asked, string match, string continuation)
    {
        if (match.Length > 0)
        {
            string? problem = continuation.Length > 0 ? "Forbidden: resourceVersionMatch is forbidden for continue"
                : asked.Length == 0 ? "Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided"
                : match is not ("Exact" or "NotOlderThan") ? $"Unsupported value: \"{match}\": supported values: \"Exact\", \"NotOlderThan\", \"\""
                : match == "Exact" && asked == "0" ? "Forbidden: resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\"" : null;
            if (problem is not null)
            {
                string reason = problem.StartsWith("Forbidden", StringComparison.Ordinal) ? "FieldValueForbidden" : "FieldValueNotSupported";
                throw ApiError.Invalid("meta.k8s.io", "ListOptions", string.Empty, [new(reason, problem, "resourceVersionMatch")]);
            }
        }
        if (continuation.Length > 0 && asked is not ("" or "0"))
            throw ApiError.BadRequest("specifying resource version is not allowed when using continue");
    }

    internal static long ReadRevision(string text)
        => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long revision)
            ? revision
            : throw ApiError.BadRequest($"invalid resource version: resourceVersion: Invalid value: \"{text}\": strconv.ParseUint: parsing \"{text}\": invalid syntax");

    internal static ApiError TooLarge(long wanted, long current)
        => new(504, "Timeout", $"Timeout: Too large resource version: {wanted}, current: {current}")
        {
            Causes = [new("ResourceVersionTooLarge", "Too large resource version", string.Empty)],
            RetryAfterSeconds = 1,
        };

    private static string Token(long revision, string start)
    {
        var token = new JsonObject { ["v"] = "meta.k8s.io/v1", ["rv"] = revision, ["start"] = start };
        return Convert.ToBase64String(JsonTree.ToUtf8(token)).TrimEnd('=').Replace('+', '-').Replace('/', '_');
    }

    private static (long Revision, string Start) ReadToken(string text)
    {
        try
        {
            string padded = text.Replace('-', '+').Replace('_', '/');
            JsonObject token = JsonTree.ParseObject(Convert.FromBase64String(padded.PadRight((padded.Length + 3) / 4 * 4, '=')));
            string start = Metadata.Text(token, "start");
            if (Metadata.Text(token, "v") == "meta.k8s.io/v1" && token["rv"] is JsonValue value && value.TryGetValue(out long revision) && revision != 0 && start.Length > 0)
                return (revision, start);
        }
        catch (Exception unreadable) when (unreadable is FormatException or JsonException)
        {
            // Told below, like every other token that is not ours.
        }
        throw ApiError.BadRequest("invalid continue token: continue key is not valid: the token was not made by this server");
    }

    private static string Quote(string text) => $"\"{JsonEncodedText.Encode(text)}\"";

    private static void Write(PipeWriter writer, string text) => Encoding.UTF8.GetBytes(text, writer);

    /// <summary>The objects of one page, of those between two places in the order.</summary>
    private sealed class Page(ImmutableSortedSet<StoredObject> objects, int start, int end)
    {
        public List<StoredObject> Items { get; } = [];

        public bool HasMore { get; private set; }

        /// <summary>Told only where no selector makes it a guess.</summary>
        public long? Remaining { get; private set; }

        public void Take(long limit, Func<StoredObject, bool> matches, bool everything)
        {
            if (limit <= 0)
            {
                // The whole range in one walk is far cheaper than item by item from the root.
                foreach (StoredObject item in start == 0 && end == objects.Count ? (IEnumerable<StoredObject>)objects : Range())
                {
                    if (everything || matches(item)) Items.Add(item);
                }
                return;
            }
            for (int i = start; i < end; i++)
            {
                StoredObject item = objects[i];
                if (!everything && !matches(item)) continue;
                if (Items.Count == limit)
                {
                    HasMore = true;
                    if (everything) Remaining = end - i;
                    return;
                }
                Items.Add(item);
            }
        }

        private IEnumerable<StoredObject> Range()
        {
            for (int i = start; i < end; i++) yield return objects[i];
        }
    }
}
