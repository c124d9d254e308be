using System.Diagnostics;
using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Access;
using KonUpgrade.Sandbox.Api.BackEnds;
using KonUpgrade.Sandbox.Api.Tables;
using KonUpgrade.Sandbox.Faults;
using KonUpgrade.Sandbox.Requests;
using Microsoft.AspNetCore.Http;

namespace KonUpgrade.Sandbox.Api;

/// <summary>Answers the requests to one cluster.</summary>
internal sealed class ApiServer(SimulatedCluster cluster, CancellationToken stopping)
{
    private readonly ListResponse _lists = new(cluster);
    private readonly WatchResponse _watches = new(cluster);
    private readonly Discovery _discovery = new(cluster);
    private readonly OpenApi _openApi = new(cluster);
    private readonly ServiceProxy _proxy = new(cluster, stopping);
    private readonly FaultInjection _faults = new(cluster.Faults, cluster.Name);

    public async Task AnswerAsync(HttpContext context)
    {
        long began = Stopwatch.GetTimestamp();
        RequestInfo info = RequestInfo.Parse(context.Request);
        try
        {
            if (await _faults.StruckAsync(context, info)) return;
            Answer answer = await ServeAsync(context, info);
            if (info.IsWrite) await DelayAsync(began, context.RequestAborted);
            if (answer == Answer.Sent || await _faults.IsKeptFromAnswerAsync(context, info, stopping)) return;
            await answer.SendAsync(context);
        }
        catch (ApiError error)
        {
            if (info.IsWrite) await DelayAsync(began, context.RequestAborted);
            if (!context.Response.HasStarted) await Answer.Of(error).SendAsync(context);
        }
        catch (Exception gone) when (ClientGone.Is(context, gone))
        {
        }
        catch (Exception unexpected) when (!context.Response.HasStarted)
        {
            // A fault of the sandbox itself: told as a real server tells a panic, with enough to find it.
            await cluster.Settings.Log.WriteLineAsync($"{cluster.Name}: {context.Request.Method} {context.Request.Path}: {unexpected}");
            await Answer.Of(new ApiError(500, "InternalError", $"Internal error occurred: {unexpected.GetType().Name}: {unexpected.Message}")).SendAsync(context);
        }
    }

    private async Task<Answer> ServeAsync(HttpContext context, RequestInfo info)
    {
        SandboxUser user = cluster.Authenticator.Authenticate(context);
        if (!cluster.Authorizer.Allows(user, info)) throw Authorizer.Refusal(user, info);
        return info.IsResource ? await ServeCountedAsync(context, info, user) : ServePath(context, info);
    }

    private async Task<Answer> ServeCountedAsync(HttpContext context, RequestInfo info, SandboxUser user)
    {
        ApiResource? resource = cluster.Catalog.Find(info.Group, info.Version, info.Resource);
        try
        {
            Answer answer = await ServeResourceAsync(context, info, user);
            if (resource is not null) cluster.Requests.Count(resource, info, info.Verb == "create" ? 201 : 200);
            return answer;
        }
        catch (ApiError error)
        {
            if (resource is not null) cluster.Requests.Count(resource, info, error.Code);
            throw;
        }
    }

    private Answer ServePath(HttpContext context, RequestInfo info)
    {
        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method)) throw ApiError.MethodNotAllowed();
        string path = info.Path.Length > 1 ? info.Path.TrimEnd('/') : info.Path;
        if (path == "/version") return new Answer(200, cluster.Version.ToJson());
        if (path is "/healthz" or "/livez" or "/readyz") return Answer.Text(200, "ok");
        if (path == "/metrics") return Answer.Text(200, cluster.Requests.ToMetrics());
        if (path == "/.well-known/openid-configuration") return new Answer(200, new JsonObject { ["issuer"] = cluster.Issuer });
        if (_openApi.Find(path, context.Request) is { } openApi) return openApi;
        return _discovery.Find(path, context.Request) is { } found ? new Answer(200, found.Document) { ContentType = found.ContentType } : Answer.NoSuchPath;
    }

    private async Task<Answer> ServeResourceAsync(HttpContext context, RequestInfo info, SandboxUser user)
    {
        if (SelfReview.Find(cluster.Version, info) is { } review)
        {
            if (info.Verb != "create") throw ApiError.MethodNotAllowed();
            JsonObject asked = await ContentNegotiation.ReadAsync(context.Request, null) ?? throw ApiError.BadRequest("the body of the request is empty");
            return new Answer(201, review.Answer(asked, user, cluster.Authorizer));
        }
        if (cluster.Catalog.Find(info.Group, info.Version, info.Resource) is not { } resource)
            return cluster.Catalog.Groups.Any(group => group.Name == info.Group && !group.IsCustom && group.Versions.Contains(info.Version)) ? throw ApiError.NoSuchResource() : Answer.NoSuchPath;
        if (resource.Namespaced && info.Namespace.Length == 0 && (info.Name.Length > 0 || info.Verb is "create" or "deletecollection")) return Answer.NoSuchPath;
        if (!resource.Namespaced && info.Namespace.Length > 0 && info.Resource != "namespaces") return Answer.NoSuchPath;
        if (info is { Subresource: "proxy", Group.Length: 0, Resource: "services" }) return await _proxy.AnswerAsync(context, info);
        if (info.Subresource.Length > 0 && !resource.Subresources.Contains(info.Subresource))
        {
            bool real = info.Subresource is "scale" or "log" or "exec" or "attach" or "portforward" or "proxy" or "eviction" or "binding" or "token" or "finalize" or "approval" or "ephemeralcontainers" or "resize";
            return real ? throw ApiError.NotModelled($"the subresource {info.Subresource}") : Answer.NoSuchPath;
        }
        string @namespace = resource.Namespaced ? info.Namespace : string.Empty;
        if (info.Subresource == "eviction") return await EvictAsync(context, resource, @namespace, info);
        if (info.Subresource == "scale") return await ScaleAsync(context, resource, @namespace, info);
        if (info.Subresource.Length > 0 && info.Subresource != "status") throw ApiError.NotModelled($"the subresource {info.Subresource}");
        if (!resource.Verbs.Contains(info.Verb) || (info.Subresource.Length > 0 && info.Verb is not ("get" or "update" or "patch"))) throw ApiError.MethodNotAllowed();
        switch (info.Verb)
        {
            case "list":
                await _lists.WriteAsync(context, resource, info);
                return Answer.Sent;
            case "watch":
                await _watches.WriteAsync(context, resource, info, stopping);
                return Answer.Sent;
            case "get":
                return Get(context, resource, @namespace, info.Name);
            case "create":
                return await CreateAsync(context, resource, @namespace);
            case "update":
                return await UpdateAsync(context, resource, @namespace, info);
            case "patch":
                return await PatchAsync(context, resource, @namespace, info);
            case "delete":
                return await DeleteAsync(context, resource, @namespace, info);
            case "deletecollection":
                return await DeleteCollectionAsync(context, resource, info);
            default:
                throw ApiError.MethodNotAllowed();
        }
    }

    private async Task<Answer> EvictAsync(HttpContext context, ApiResource resource, string @namespace, RequestInfo info)
    {
        if (info.Verb != "create") throw ApiError.MethodNotAllowed();
        string contentType = ContentNegotiation.ForAnswer(context);
        bool dryRun = QueryOptions.DryRun(context.Request.Query, "CreateOptions");
        // An eviction is created, and in a namespace that goes nothing is created any more.
        cluster.Kinds.RequireNamespace(@namespace, resource, info.Name);
        JsonObject eviction = await ContentNegotiation.ReadAsync(context.Request, null)
            ?? throw ApiError.BadRequest("the object provided is unrecognized (must be of type Eviction): couldn't get version/kind; json parse error: unexpected end of JSON input (<empty>)");
        return new Answer(201, cluster.Evictions.Evict(resource, @namespace, info.Name, eviction, dryRun)) { ContentType = contentType };
    }

    private async Task<Answer> ScaleAsync(HttpContext context, ApiResource resource, string @namespace, RequestInfo info)
    {
        if (info.Verb is not ("get" or "update" or "patch")) throw ApiError.MethodNotAllowed();
        string contentType = ContentNegotiation.ForAnswer(context);
        var scales = new ScaleSubresource(cluster);
        if (info.Verb == "get") return new Answer(200, scales.Get(resource, @namespace, info.Name)) { ContentType = contentType };
        WriteOptions options = QueryOptions.ForWrite(context.Request, info.Verb == "update" ? "UpdateOptions" : "PatchOptions", cluster.Version);
        if (info.Verb == "update")
        {
            JsonObject scale = await ContentNegotiation.ReadAsync(context.Request, null) ?? throw ApiError.BadRequest("the body of the request is empty");
            return new Answer(200, scales.Update(resource, @namespace, info.Name, _ => scale, options)) { ContentType = contentType };
        }
        const string merge = "application/merge-patch+json", strategic = "application/strategic-merge-patch+json", json = "application/json-patch+json";
        string form = (context.Request.ContentType ?? string.Empty).Split(';', 2)[0].Trim().ToLowerInvariant();
        if (form is not (merge or strategic or json)) throw ApiError.UnsupportedMediaType(json, merge, strategic);
        JsonNode patch = form == json
            ? await ContentNegotiation.ReadListAsync(context.Request)
            : await ContentNegotiation.ReadAsync(context.Request, null, merge, strategic) ?? throw ApiError.BadRequest("the body of the request is empty");
        JsonObject changed = scales.Update(resource, @namespace, info.Name,
            live => patch is JsonArray operations ? JsonPatch.Apply(live, operations) : Schemas.MergePatch.Apply(live, (JsonObject)patch), options);
        return new Answer(200, changed) { ContentType = contentType };
    }

    private Answer Get(HttpContext context, ApiResource resource, string @namespace, string name)
    {
        string contentType = ContentNegotiation.ForAnswer(context);
        Storage.StoredObject found = cluster.Store.Find(resource.Collection, Storage.StoredObject.KeyOf(@namespace, name)) ?? throw resource.NotFound(name);
        if (TableRequest.Of(context) is { } request)
        {
            JsonObject item = resource.Read(found);
            var metadata = new JsonObject { ["resourceVersion"] = Metadata.Text(Metadata.Of(item), "resourceVersion") };
            return new Answer(200, new ObjectTable(resource, request).Of([item], metadata, cluster.Now));
        }
        byte[] json = found.ApiVersion == resource.ApiVersion ? found.Json : JsonTree.ToUtf8(resource.Read(found));
        return new Answer(200, json) { ContentType = contentType };
    }

    private async Task<Answer> CreateAsync(HttpContext context, ApiResource resource, string @namespace)
    {
        string contentType = ContentNegotiation.ForAnswer(context);
        WriteOptions options = QueryOptions.ForWrite(context.Request, "CreateOptions", cluster.Version);
        List<string> duplicates = [];
        JsonObject item = await ContentNegotiation.ReadAsync(context.Request, duplicates) ?? throw ApiError.BadRequest("the body of the request is empty");
        JsonObject made = cluster.Writes.Create(resource, @namespace, item, options, duplicates);
        return new Answer(201, made) { ContentType = contentType, Warnings = options.Warnings };
    }

    private async Task<Answer> UpdateAsync(HttpContext context, ApiResource resource, string @namespace, RequestInfo info)
    {
        string contentType = ContentNegotiation.ForAnswer(context);
        WriteOptions options = QueryOptions.ForWrite(context.Request, "UpdateOptions", cluster.Version);
        List<string> duplicates = [];
        JsonObject item = await ContentNegotiation.ReadAsync(context.Request, duplicates) ?? throw ApiError.BadRequest("the body of the request is empty");
        JsonObject changed = cluster.Writes.Update(resource, @namespace, info.Name, info.Subresource, item, options, duplicates);
        return new Answer(200, changed) { ContentType = contentType, Warnings = options.Warnings };
    }

    private async Task<Answer> PatchAsync(HttpContext context, ApiResource resource, string @namespace, RequestInfo info)
    {
        const string merge = "application/merge-patch+json", strategic = "application/strategic-merge-patch+json", apply = "application/apply-patch+yaml", json = "application/json-patch+json";
        string contentType = ContentNegotiation.ForAnswer(context);
        string form = (context.Request.ContentType ?? string.Empty).Split(';', 2)[0].Trim().ToLowerInvariant();
        string[] forms = resource.IsCustom ? [json, merge, apply] : [json, merge, strategic, apply];
        if (!forms.Contains(form)) throw ApiError.UnsupportedMediaType(forms);
        WriteOptions options = QueryOptions.ForWrite(context.Request, "PatchOptions", cluster.Version);
        List<string> duplicates = [];
        if (form == json)
        {
            JsonArray operations = await ContentNegotiation.ReadListAsync(context.Request);
            return new Answer(200, cluster.Writes.Patch(resource, @namespace, info.Name, info.Subresource, operations, strategic: false, options)) { ContentType = contentType, Warnings = options.Warnings };
        }
        JsonObject body = await ContentNegotiation.ReadAsync(context.Request, duplicates, forms) ?? throw ApiError.BadRequest("the body of the request is empty");
        if (form == apply)
        {
            if (context.Request.Query["fieldManager"].ToString().Length == 0)
                throw ApiError.Invalid("meta.k8s.io", "PatchOptions", string.Empty, [new("FieldValueRequired", "Required value: is required for apply patch", "fieldManager")]);
            (JsonObject item, bool created) = cluster.Writes.Apply(resource, @namespace, info.Name, info.Subresource, body, options, duplicates);
            return new Answer(created ? 201 : 200, item) { ContentType = contentType, Warnings = options.Warnings };
        }
        if (context.Request.Query.ContainsKey("force"))
            throw ApiError.Invalid("meta.k8s.io", "PatchOptions", string.Empty, [new("FieldValueForbidden", "Forbidden: may not be specified for non-apply patch", "force")]);
        JsonObject patched = cluster.Writes.Patch(resource, @namespace, info.Name, info.Subresource, body, form == strategic, options, duplicates);
        return new Answer(200, patched) { ContentType = contentType, Warnings = options.Warnings };
    }

    private async Task<Answer> DeleteAsync(HttpContext context, ApiResource resource, string @namespace, RequestInfo info)
    {
        string contentType = ContentNegotiation.ForAnswer(context);
        JsonObject? body = await ContentNegotiation.ReadAsync(context.Request, null);
        DeleteOptions options = DeleteOptions.Read(body, context.Request.Query);
        JsonObject answer = cluster.Deletions.Delete(resource, @namespace, info.Name, options);
        bool surprising = options.Propagation is null && resource is { Group: "batch", Kind: "Job" };
        return new Answer(200, answer)
        {
            ContentType = contentType,
            Warnings = surprising ? ["child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or set propagationPolicy=Orphan to suppress this warning"] : [],
        };
    }

    private async Task<Answer> DeleteCollectionAsync(HttpContext context, ApiResource resource, RequestInfo info)
    {
        IQueryCollection query = context.Request.Query;
        string contentType = ContentNegotiation.ForAnswer(context);
        LabelSelector labels = LabelSelector.Parse(query["labelSelector"]);
        FieldSelector fields = FieldSelector.Parse(query["fieldSelector"], resource);
        DeleteOptions options = DeleteOptions.Read(await ContentNegotiation.ReadAsync(context.Request, null), query);
        var items = new JsonArray();
        (System.Collections.Immutable.ImmutableSortedSet<Storage.StoredObject> objects, long revision) = cluster.Store.Snapshot(resource.Collection);
        foreach (Storage.StoredObject item in objects)
        {
            if (resource.Namespaced && !item.Namespace.SequenceEqual(info.Namespace)) continue;
            if (!fields.Matches(item) || !(labels.IsEmpty || labels.Matches(LabelSelector.LabelsOf(item.Json)))) continue;
            items.Add((JsonNode)resource.Read(item));
            try
            {
                cluster.Deletions.Delete(resource, item.Namespace.ToString(), item.Name.ToString(), options);
            }
            catch (ApiError gone) when (gone.Code == 404)
            {
                // Someone else was faster.
            }
        }
        var metadata = new JsonObject { ["resourceVersion"] = revision.ToString(System.Globalization.CultureInfo.InvariantCulture) };
        if (resource.IsCustom) metadata["continue"] = string.Empty;
        return new Answer(200, new JsonObject
        {
            ["kind"] = resource.ListKind,
            ["apiVersion"] = resource.ApiVersion,
            ["metadata"] = metadata,
            ["items"] = items,
        })
        { ContentType = contentType };
    }

    // Timers may be a little early: what counts is the time that has really gone.
    private async Task DelayAsync(long began, CancellationToken cancellation)
    {
        TimeSpan delay = cluster.Settings.WriteDelay;
        for (TimeSpan left = delay - Stopwatch.GetElapsedTime(began); left > TimeSpan.Zero; left = delay - Stopwatch.GetElapsedTime(began))
            await Task.Delay(left < TimeSpan.FromMilliseconds(1) ? TimeSpan.FromMilliseconds(1) : left, cancellation);
    }
}
