using System.Buffers;
using System.Collections.Immutable;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Api.Tables;
using KonUpgrade.Sandbox.Faults;
using KonUpgrade.Sandbox.Requests;
using KonUpgrade.Sandbox.Storage;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;

namespace KonUpgrade.Sandbox.Api;

/// <summary>Streams the changes of a collection as they happen, one JSON object a line.</summary>
internal sealed class WatchResponse(SimulatedCluster cluster)
{
    // Without a timeout of its own a watch lives half an hour to an hour on a real server.
    private static readonly TimeSpan LongestLife = TimeSpan.FromMinutes(40);

    public async Task WriteAsync(HttpContext context, ApiResource resource, RequestInfo info, CancellationToken stopping)
    {
        IQueryCollection query = context.Request.Query;
        LabelSelector labels = LabelSelector.Parse(query["labelSelector"]);
        FieldSelector fields = FieldSelector.Parse(query["fieldSelector"], resource);
        bool bookmarks = RequestInfo.IsTrue(query["allowWatchBookmarks"]);
        bool initial = RequestInfo.IsTrue(query["sendInitialEvents"]);
        CheckOptions(query, initial);
        string asked = query["resourceVersion"].ToString();
        TimeSpan life = QueryOptions.Number(query, "timeoutSeconds") is { } seconds and > 0 ? TimeSpan.FromSeconds(seconds) : LongestLife;
        string contentType = ContentNegotiation.ForAnswer(context);
        string prefix = info.Namespace.Length > 0 && resource.Namespaced ? $"{info.Namespace}/" : string.Empty;
        string name = info.Name;

        // From "any" revision, or from none, a watch begins with what is there.
        bool fromNow = asked is "" or "0" || initial;
        ImmutableSortedSet<StoredObject> present = [];
        long revision = 0;
        EventSubscription? subscription;
        if (fromNow)
        {
            (present, revision, subscription) = cluster.Store.SnapshotAndSubscribe(resource.Collection);
        }
        else
        {
            revision = ListResponse.ReadRevision(asked);
            long current = cluster.Store.Revision;
            if (revision > current) throw ListResponse.TooLarge(revision, current);
            subscription = cluster.Store.Subscribe(resource.Collection, revision);
        }

        if (!ReferenceEquals(cluster.Catalog.Find(resource.Group, resource.Version, resource.Plural), resource))
        {
            // Its definition went or changed between the look-up and the subscription, which nobody would end any more.
            subscription?.Complete();
        }

        context.Response.StatusCode = 200;
        context.Response.ContentType = contentType;
        SandboxFault? cut = cluster.Faults.Strike(cluster.Name, info, info.Name, hasContinue: false, FaultKind.CutWatch);
        var stream = new EventStream(context.Response.BodyWriter, resource, cut?.AfterEvents, TableRequest.Of(context) is { } request ? new ObjectTable(resource, request) : null, () => cluster.Now);
        if (subscription is null)
        {
            stream.WriteError(ApiError.Expired($"too old resource version: {revision} ({resource.Collection.ForgottenUntil})"));
            await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
            return;
        }

        bool Selected(StoredObject item) => item.Key.StartsWith(prefix, StringComparison.Ordinal)
            && (name.Length == 0 || item.Name.SequenceEqual(name))
            && fields.Matches(item)
            && (labels.IsEmpty || labels.Matches(LabelSelector.LabelsOf(item.Json)));

        using (subscription)
        using (var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping))
        {
            ending.CancelAfter(life);
            try
            {
                await context.Response.StartAsync(ending.Token);
                if (fromNow)
                {
                    foreach (StoredObject item in present)
                    {
                        if (Selected(item)) stream.Write("ADDED", item);
                        if (stream.IsCut) break;
                    }
                    if (initial && bookmarks) stream.WriteBookmark(revision, endOfInitial: true);
                }
                await stream.FlushAsync(ending.Token);
                await FollowAsync(stream, subscription, Selected, revision, bookmarks, ending.Token);
            }
            catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
            {
                // Its time was over, or the server ends: the stream closes as it should.
            }
        }
        if (stream.IsCut && cut!.Abrupt) context.Features.Get<IConnectionLifetimeFeature>()?.Abort();
        if (stream.IsCut && cut!.Abrupt) context.Abort();
    }

    private async Task FollowAsync(EventStream stream, EventSubscription subscription, Func<StoredObject, bool> selected, long revision, bool bookmarks, CancellationToken ending)
    {
        DateTime nextBookmark = DateTime.UtcNow + cluster.Settings.BookmarkInterval;
        while (!stream.IsCut)
        {
            while (!stream.IsCut && subscription.Changes.TryRead(out StoreEvent? change))
            {
                Write(stream, change, selected);
                revision = change.Revision;
            }
            if (bookmarks && DateTime.UtcNow >= nextBookmark)
            {
                // Nothing came in since: whatever the cluster's revision is, this watch has seen all before it.
                stream.WriteBookmark(revision, endOfInitial: false);
                nextBookmark = DateTime.UtcNow + cluster.Settings.BookmarkInterval;
            }
            await stream.FlushAsync(ending);
            if (stream.IsCut) return;
            if (!bookmarks)
            {
                if (!await subscription.Changes.WaitToReadAsync(ending)) return;
                continue;
            }
            TimeSpan wait = nextBookmark - DateTime.UtcNow;
            using var pause = CancellationTokenSource.CreateLinkedTokenSource(ending);
            pause.CancelAfter(wait > TimeSpan.Zero ? wait : TimeSpan.Zero);
            long known = cluster.Store.Revision;
            try
            {
                if (!await subscription.Changes.WaitToReadAsync(pause.Token)) return;
            }
            catch (OperationCanceledException) when (!ending.IsCancellationRequested)
            {
                // Time for a bookmark. The revision was read before the wait, so no event of this kind is behind it.
                revision = Math.Max(revision, known);
            }
        }
    }

    // A change may bring an object into the selection or take it out: that is what the watcher sees.
    private static void Write(EventStream stream, StoreEvent change, Func<StoredObject, bool> selected)
    {
        bool before = change.Previous is { } previous && selected(previous);
        bool after = change.Kind != StoreEventKind.Deleted && selected(change.Object);
        if (after) stream.Write(before ? "MODIFIED" : "ADDED", change.Object);
        // Gone or out of the selection: a real server shows what the watcher knew, at the revision of the change.
        else if (before) stream.WriteGone(change.Previous!, change.Revision);
    }

    private void CheckOptions(IQueryCollection query, bool initial)
    {
        if (!query.ContainsKey("sendInitialEvents")) return;
        // Streaming lists were on for everyone in 1.32, off in 1.33, and on again from 1.34.
        if (cluster.Version.Minor is < 32 or 33)
        {
            throw ApiError.Invalid("meta.k8s.io", "ListOptions", string.Empty,
                [new("FieldValueForbidden", "Forbidden: sendInitialEvents is forbidden for watch unless the WatchList feature gate is enabled", "sendInitialEvents")]);
        }
        if (initial && query["resourceVersionMatch"] != "NotOlderThan")
        {
            throw ApiError.Invalid("meta.k8s.io", "ListOptions", string.Empty,
                [new("FieldValueForbidden", "Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan", "resourceVersionMatch")]);
        }
    }

    /// <summary>Writes events, and stops after as many as a fault allows.</summary>
    private sealed class EventStream(PipeWriter writer, ApiResource resource, int? most, ObjectTable? table, Func<DateTimeOffset> now)
    {
        private int _written;

        public bool IsCut => most is { } limit && _written >= limit;

        public void Write(string type, StoredObject item)
        {
            if (IsCut) return;
            _written++;
            if (table is not null)
            {
                JsonObject shown = resource.Read(item);
                var metadata = new JsonObject { ["resourceVersion"] = Metadata.Text(Metadata.Of(shown), "resourceVersion") };
                // The columns are told once.
                WriteObject(type, table.Of([shown], metadata, now(), withColumns: _written == 1));
                return;
            }
            byte[] json = item.ApiVersion == resource.ApiVersion ? item.Json : JsonTree.ToStored(resource.Read(item), resource.Kind, resource.ApiVersion).Json;
            Encoding.UTF8.GetBytes($"{{\"type\":\"{type}\",\"object\":", writer);
            writer.Write(json);
            writer.Write("}\n"u8);
        }

        public void WriteGone(StoredObject last, long revision)
        {
            JsonObject item = JsonTree.ParseObject(last.Json);
            Metadata.Of(item)["resourceVersion"] = revision.ToString(System.Globalization.CultureInfo.InvariantCulture);
            (byte[] json, int typeLength) = JsonTree.ToStored(item, Metadata.Text(item, "kind"), last.ApiVersion);
            Write("DELETED", new StoredObject { Key = last.Key, Json = json, TypeLength = typeLength, ApiVersion = last.ApiVersion, Revision = revision, Uid = last.Uid });
        }

        public void WriteBookmark(long revision, bool endOfInitial)
        {
            if (IsCut) return;
            var metadata = new JsonObject { ["resourceVersion"] = revision.ToString(System.Globalization.CultureInfo.InvariantCulture) };
            if (endOfInitial) metadata["annotations"] = new JsonObject { ["k8s.io/initial-events-end"] = "true" };
            else metadata["creationTimestamp"] = null;
            WriteObject("BOOKMARK", new JsonObject { ["kind"] = resource.Kind, ["apiVersion"] = resource.ApiVersion, ["metadata"] = metadata });
        }

        public void WriteError(ApiError error) => WriteObject("ERROR", error.ToStatus());

        public async Task FlushAsync(CancellationToken cancellation) => await writer.FlushAsync(cancellation);

        private void WriteObject(string type, JsonObject item)
        {
            JsonTree.Write(new JsonObject { ["type"] = type, ["object"] = item }, writer);
            writer.Write("\n"u8);
        }
    }
}
