using System.Security.Cryptography;
using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Behaviors;
using KonUpgrade.Sandbox.Requests;
using KonUpgrade.Sandbox.Schemas;
using KonUpgrade.Sandbox.Storage;

namespace KonUpgrade.Sandbox.Api;

/// <summary>
/// Creates and changes objects as an API server does: decode, prune, default, track who owns what, prepare by kind,
/// validate, store if nobody was faster.
/// </summary>
internal sealed class ObjectWrites(SimulatedCluster cluster)
{
    // How often apply changes its mind about whether the object is there, when others create and delete it meanwhile.
    private const int Tries = 20;

    /// <summary>Creates an object; returns it as the request's version shows it.</summary>
    public JsonObject Create(ApiResource resource, string @namespace, JsonObject item, WriteOptions options, IReadOnlyList<string>? duplicates = null)
    {
        if (resource.IsTerminating) throw Terminating(resource);
        RequestChecks.CheckType(resource, item);
        JsonObject metadata = Metadata.Of(item);
        RequestChecks.CheckNamespace(resource, @namespace, metadata);
        RequestChecks.ReportUnknownFields(resource, item, options, duplicates);
        RequestChecks.CheckTypes(resource, item);
        string given = Metadata.Text(metadata, "resourceVersion");
        if (given.Length > 0 && !options.Seeding) throw new ApiError(500, string.Empty, "resourceVersion should not be set on objects to be created");
        return Insert(resource, @namespace, item, options, applied: false);
    }

    /// <summary>Replaces an object, or its status.</summary>
    public JsonObject Update(ApiResource resource, string @namespace, string name, string subresource, JsonObject item, WriteOptions options, IReadOnlyList<string>? duplicates = null)
    {
        RequestChecks.CheckType(resource, item);
        JsonObject metadata = Metadata.Of(item);
        RequestChecks.CheckNamespace(resource, @namespace, metadata);
        RequestChecks.CheckName(metadata, name);
        RequestChecks.ReportUnknownFields(resource, item, options, duplicates);
        RequestChecks.CheckTypes(resource, item);
        return Change(resource, @namespace, name, subresource, options, (live, _) =>
        {
            if (resource.IsCustom && Metadata.Text(metadata, "resourceVersion").Length == 0)
                throw ApiError.Invalid(resource.Group, resource.Plural, name, [new("FieldValueInvalid", "Invalid value: 0x0: must be specified for an update", "metadata.resourceVersion")]);
            return (JsonObject)item.DeepClone();
        });
    }

    /// <summary>Changes an object by a patch: JSON patch where it is a list, else JSON merge patch or strategic merge patch.</summary>
    public JsonObject Patch(ApiResource resource, string @namespace, string name, string subresource, JsonNode patch, bool strategic, WriteOptions options, IReadOnlyList<string>? duplicates = null)
        => Change(resource, @namespace, name, subresource, options, (live, _) =>
        {
            JsonObject patched;
            try
            {
                patched = patch switch
                {
                    JsonArray operations => JsonPatch.Apply(live, operations),
                    JsonObject changes when strategic => StrategicMergePatch.Apply(live, changes, resource.Schema),
                    JsonObject changes => MergePatch.Apply(live, changes),
                    _ => throw ApiError.BadRequest("a patch is an object or a list of operations"),
                };
            }
            catch (PatchException contradicted)
            {
                throw ApiError.BadRequest(contradicted.Message);
            }
            RequestChecks.CheckType(resource, patched);
            JsonObject metadata = Metadata.Of(patched);
            RequestChecks.CheckNamespace(resource, @namespace, metadata);
            RequestChecks.CheckName(metadata, name);
            RequestChecks.ReportUnknownFields(resource, patched, options, duplicates);
            return patched;
        });

    /// <summary>Changes the number that is wanted of something.</summary>
    public JsonObject Scale(ApiResource resource, string @namespace, string name, Action<JsonObject> change, WriteOptions options)
        => Change(resource, @namespace, name, "scale", options, (live, _) =>
        {
            change(live);
            return live;
        });

    /// <summary>Server-side apply; says whether the object was created.</summary>
    public (JsonObject Item, bool Created) Apply(ApiResource resource, string @namespace, string name, string subresource, JsonObject applied, WriteOptions options, IReadOnlyList<string>? duplicates = null)
    {
        string apiVersion = Metadata.Text(applied, "apiVersion"), kind = Metadata.Text(applied, "kind");
        if (apiVersion.Length == 0 || kind.Length == 0) throw ApiError.BadRequest($"invalid object type: {apiVersion}, Kind={kind}");
        RequestChecks.CheckType(resource, applied);
        JsonObject metadata = Metadata.Of(applied);
        if (metadata["managedFields"] is not null) throw ApiError.BadRequest("metadata.managedFields must be nil");
        if (Metadata.Text(metadata, "namespace") is { Length: > 0 } other && resource.Namespaced && other != @namespace)
            throw ApiError.BadRequest("the namespace of the provided object does not match the namespace sent on the request");
        if (Metadata.Text(metadata, "name") is { Length: > 0 }) RequestChecks.CheckName(metadata, name);
        if (options.Validation == FieldValidation.Strict && duplicates is { Count: > 0 }) throw ApiError.BadRequest($"error strict decoding YAML: {string.Join(", ", duplicates.Select(UnknownFields.DuplicateText))}");
        for (int tries = 0; ; tries++)
        {
            if (cluster.Store.Find(resource.Collection, StoredObject.KeyOf(@namespace, name)) is not null)
            {
                try
                {
                    JsonObject changed = Change(resource, @namespace, name, subresource, options, (live, now) =>
                    {
                        string version = Metadata.Text(metadata, "resourceVersion");
                        if (version.Length > 0 && version != Metadata.Text(Metadata.Of(live), "resourceVersion"))
                            throw ApiError.Modified(resource.Group, resource.Plural, name);
                        ApplyOutcome outcome = ManagedFields.Apply(live, applied, ManagerOf(resource, options, subresource, now), options.Force);
                        return outcome.Object ?? throw Refusal(outcome);
                    }, tracked: true);
                    return (changed, false);
                }
                catch (ApiError gone) when (gone.Code == 404 && gone.Name == name && tries < Tries)
                {
                    continue;
                }
            }
            if (subresource.Length > 0) throw resource.NotFound(name);
            if (resource.IsTerminating) throw Terminating(resource);
            if (Metadata.Text(metadata, "uid") is { Length: > 0 } uid)
                throw ApiError.Conflict(resource.Group, resource.Plural, name, $"uid mismatch: the provided object specified uid {uid}, and no existing object was found");
            try
            {
                ApplyOutcome outcome = ManagedFields.Apply(null, applied, ManagerOf(resource, options, subresource, cluster.Now), options.Force);
                JsonObject made = outcome.Object ?? throw Refusal(outcome);
                Metadata.Of(made)["name"] = name;
                return (Insert(resource, @namespace, made, options, applied: true), true);
            }
            catch (ApiError taken) when (taken.Reason == "AlreadyExists" && tries < Tries)
            {
                // Someone else created it between the look and the write: apply to that one.
            }
        }
    }

    /// <summary>Changes what lies in the store, by the cluster's own hand: no admission.</summary>
    /// <param name="storage">Its kind, in the storage version.</param>
    /// <param name="key">Which one.</param>
    /// <param name="change">Changes it; false when there is nothing to change.</param>
    /// <param name="statusManager">Who owns what changes in the status; null when nobody does.</param>
    /// <returns>The new state, or null when the object is gone or <paramref name="change"/> leaves it as it is.</returns>
    public StoredObject? ChangeStored(ApiResource storage, string key, Func<JsonObject, bool> change, string? statusManager = null)
    {
        while (cluster.Store.Find(storage.Collection, key) is { } live)
        {
            JsonObject item = storage.Read(live);
            JsonObject? before = statusManager is null ? null : (JsonObject)item.DeepClone();
            if (!change(item)) return null;
            if (before is not null)
                ManagedFields.TrackUpdate(before, item, ManagerOf(storage, new WriteOptions { Manager = statusManager! }, "status", cluster.Now));
            item = storage.Convert(item, storage.ApiVersion, storage.StorageApiVersion);
            if (MayVanish(item))
            {
                if (cluster.Deletions.Remove(storage, live, item)) return null;
                continue;
            }
            if (cluster.Store.Replace(storage.Collection, live, revision => Stored(storage, item, revision)) is { } changed)
            {
                cluster.Kinds.Committed(storage, changed, item, sameOwners: live.Owners.SequenceEqual(changed.Owners));
                return changed;
            }
        }
        return null;
    }

    /// <summary>The bytes for the store, in the storage version, at a revision.</summary>
    public static StoredObject Stored(ApiResource resource, JsonObject item, long revision)
    {
        JsonObject metadata = Metadata.Of(item);
        metadata["resourceVersion"] = revision.ToString(System.Globalization.CultureInfo.InvariantCulture);
        (byte[] json, int typeLength) = JsonTree.ToStored(item, resource.Kind, resource.StorageApiVersion);
        return new StoredObject
        {
            Key = StoredObject.KeyOf(Metadata.Text(metadata, "namespace"), Metadata.Text(metadata, "name")),
            Json = json,
            TypeLength = typeLength,
            ApiVersion = resource.StorageApiVersion,
            Revision = revision,
            Uid = Metadata.Text(metadata, "uid"),
            Owners = Metadata.Owners(item),
            Terminating = metadata["deletionTimestamp"] is not null,
        };
    }

    /// <summary>Waits for its end, and nothing holds it any more: no finalizer, and no time that it was given.</summary>
    public static bool MayVanish(JsonObject item)
        => Metadata.IsTerminating(item) && Metadata.Finalizers(item).Count == 0 && Metadata.GracePeriod(item) == 0
        && !(item["spec"] is JsonObject spec && Metadata.Text(item, "kind") == "Namespace" && Metadata.Text(item, "apiVersion") == "v1" && Metadata.Strings(spec, "finalizers").Count > 0);

    private JsonObject Insert(ApiResource resource, string @namespace, JsonObject item, WriteOptions options, bool applied)
    {
        DateTimeOffset now = cluster.Now;
        JsonObject metadata = Metadata.Of(item);
        if (resource.Namespaced) metadata["namespace"] = @namespace;
        else metadata.Remove("namespace");
        JsonNode? ownership = options.Seeding || applied ? metadata["managedFields"]?.DeepClone() : null;
        Wipe(metadata, options.Seeding);
        if (!applied) metadata.Remove("managedFields");
        bool generated = Metadata.Text(metadata, "name").Length == 0 && Metadata.Text(metadata, "generateName").Length > 0;
        if (generated) metadata["name"] = Metadata.Text(metadata, "generateName") + Suffix();
        string name = Metadata.Text(metadata, "name");
        if (resource.Namespaced) cluster.Kinds.RequireNamespace(@namespace, resource, name);

        if (resource.HasStatus && !options.Seeding) item.Remove("status");
        KindBehaviors.Normalize(resource, item);
        Decode(resource, item);
        if (!applied && ownership is null)
            ManagedFields.TrackUpdate(null, item, ManagerOf(resource, options, string.Empty, now));
        else if (ownership is not null)
            metadata["managedFields"] = ownership;
        if (Metadata.Text(metadata, "uid").Length == 0) metadata["uid"] = Guid.NewGuid().ToString();
        if (metadata["creationTimestamp"] is null) metadata["creationTimestamp"] = Metadata.Time(now);
        if (resource.CountsGenerations) metadata["generation"] ??= 1L;

        JsonObject stored = resource.Convert(item, resource.ApiVersion, resource.StorageApiVersion);
        using ServiceAllocation? allocation = cluster.Kinds.Allocate(resource, null, stored, string.Empty, options.DryRun);
        if (allocation is { Causes.Count: > 0 }) throw ApiError.Invalid(resource.Group, resource.Kind, name, allocation.Causes);
        var causes = new List<StatusCause>(MetadataRules.Check(resource, stored));
        causes.AddRange(Problems(resource, item));
        causes.AddRange(cluster.Kinds.PrepareCreate(resource, stored, options));
        if (causes.Count > 0) throw ApiError.Invalid(resource.Group, resource.Kind, name, causes);

        string key = StoredObject.KeyOf(resource.Namespaced ? @namespace : string.Empty, name);
        if (cluster.Store.Find(resource.Collection, key) is not null) throw Taken(resource, name, generated);
        if (options.DryRun) return resource.Convert(stored, resource.StorageApiVersion, resource.ApiVersion);
        StoredObject? made = cluster.Store.Create(resource.Collection, key, revision => Stored(resource, stored, revision));
        if (made is null) throw Taken(resource, name, generated);
        allocation?.Commit();
        cluster.Kinds.Committed(resource, made, stored);
        return resource.Convert(stored, resource.StorageApiVersion, resource.ApiVersion);
    }

    private JsonObject Change(ApiResource resource, string @namespace, string name, string subresource, WriteOptions options, Func<JsonObject, DateTimeOffset, JsonObject> change, bool tracked = false)
    {
        if (subresource is not ("" or "status" or "scale")) throw ApiError.NotModelled($"the subresource {subresource}");
        string key = StoredObject.KeyOf(resource.Namespaced ? @namespace : string.Empty, name);
        // Whoever loses here lost against another who has won, so that it goes on for everyone; and who asked for the
        // resourceVersion that has been overtaken hears of it in the next round.
        while (true)
        {
            StoredObject live = cluster.Store.Find(resource.Collection, key) ?? throw resource.NotFound(name);
            JsonObject before = resource.Read(live);
            DateTimeOffset now = cluster.Now;
            JsonObject after = change((JsonObject)before.DeepClone(), now);
            string asked = Metadata.Text(Metadata.Of(after), "resourceVersion");
            if (asked.Length > 0 && asked != Metadata.Text(Metadata.Of(before), "resourceVersion"))
                throw ApiError.Modified(resource.Group, resource.Plural, name);
            string uid = Metadata.Uid(after);
            if (uid.Length > 0 && uid != live.Uid)
                throw ApiError.Conflict(resource.Group, resource.Plural, name, $"StorageError: invalid object, Code: 4, Key: /registry/{(resource.IsCustom ? resource.Group + "/" : string.Empty)}{resource.Plural}/{key}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: {uid}, UID in object meta: {live.Uid}");

            (JsonObject? stored, ServiceAllocation? held) = Prepare(resource, before, after, subresource, options, tracked, now);
            using ServiceAllocation? allocation = held;
            if (stored is null) return before;
            if (options.DryRun) return resource.Convert(stored, resource.StorageApiVersion, resource.ApiVersion);
            if (MayVanish(stored))
            {
                if (!cluster.Deletions.Remove(resource, live, stored)) continue;
                allocation?.Commit();
                return resource.Convert(stored, resource.StorageApiVersion, resource.ApiVersion);
            }
            if (cluster.Store.Replace(resource.Collection, live, revision => Stored(resource, stored, revision)) is { } changed)
            {
                allocation?.Commit();
                cluster.Kinds.Committed(resource, changed, stored);
                return resource.Convert(stored, resource.StorageApiVersion, resource.ApiVersion);
            }
        }
    }

    // From what the request wants to what is stored, null when nothing changes, and what is held for it.
    private (JsonObject? Stored, ServiceAllocation? Held) Prepare(ApiResource resource, JsonObject before, JsonObject after, string subresource, WriteOptions options, bool tracked, DateTimeOffset now)
    {
        JsonObject metadata = Metadata.Of(after), old = Metadata.Of(before);
        foreach (string kept in (ReadOnlySpan<string>)["uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "generation", "selfLink", "namespace", "name"])
        {
            if (old[kept] is { } value) metadata[kept] = value.DeepClone();
            else metadata.Remove(kept);
        }
        metadata["resourceVersion"] = old["resourceVersion"]!.DeepClone();
        if (subresource == "status")
        {
            JsonNode? status = after["status"]?.DeepClone();
            JsonNode? managed = metadata["managedFields"]?.DeepClone();
            after = (JsonObject)before.DeepClone();
            metadata = Metadata.Of(after);
            if (status is null) after.Remove("status");
            else after["status"] = status;
            if (tracked && managed is not null) metadata["managedFields"] = managed;
        }
        else if (resource.HasStatus)
        {
            if (before["status"] is { } status) after["status"] = status.DeepClone();
            else after.Remove("status");
        }
        KindBehaviors.Normalize(resource, after);
        Decode(resource, after);
        // Whoever sends no managedFields leaves them to the server; that and the rest is the tracker's to know.
        if (!tracked) ManagedFields.TrackUpdate(before, after, ManagerOf(resource, options, subresource, now));

        JsonObject stored = resource.Convert(after, resource.ApiVersion, resource.StorageApiVersion);
        JsonObject storedBefore = resource.Convert((JsonObject)before.DeepClone(), resource.ApiVersion, resource.StorageApiVersion);
        var causes = new List<StatusCause>(MetadataRules.CheckChange(storedBefore, stored));
        causes.AddRange(MetadataRules.Check(resource, stored));
        causes.AddRange(Problems(resource, after));
        causes.AddRange(cluster.Kinds.PrepareUpdate(resource, storedBefore, stored, subresource));
        ServiceAllocation? allocation = cluster.Kinds.Allocate(resource, storedBefore, stored, subresource, options.DryRun);
        if (allocation is not null) causes.AddRange(allocation.Causes);
        if (causes.Count > 0)
        {
            allocation?.Dispose();
            throw ApiError.Invalid(resource.Group, resource.Kind, Metadata.Name(before), causes);
        }
        if (JsonNode.DeepEquals(storedBefore, stored)) return (null, allocation);
        if (resource.CountsGenerations && subresource != "status" && ContentDiffers(resource, storedBefore, stored))
            Metadata.Of(stored)["generation"] = Metadata.Generation(storedBefore) + 1;
        return (stored, allocation);
    }

    private static bool ContentDiffers(ApiResource resource, JsonObject before, JsonObject after)
    {
        IEnumerable<string> fields = before.Select(field => field.Key).Union(after.Select(field => field.Key));
        foreach (string field in fields)
        {
            if (field is "metadata" or "kind" or "apiVersion" || (field == "status" && resource.HasStatus)) continue;
            if (!JsonNode.DeepEquals(before[field], after[field])) return true;
        }
        return false;
    }

    private static IEnumerable<StatusCause> Problems(ApiResource resource, JsonObject item)
        => SchemaValidation.Validate(item, resource.Schema)
            // The status of a built-in kind is the work of its controllers, which need no schema to tell them.
            .Where(problem => resource.IsCustom || !(problem.Path == "status" || problem.Path.StartsWith("status.", StringComparison.Ordinal)))
            // What references to owners lack is told by the rules of metadata.
            .Where(problem => !problem.Path.StartsWith("metadata.ownerReferences", StringComparison.Ordinal))
            .Select(problem => new StatusCause(problem.Reason, problem.Message, problem.Path));

    private static void Wipe(JsonObject metadata, bool seeding)
    {
        metadata.Remove("resourceVersion");
        metadata.Remove("selfLink");
        if (seeding) return;
        foreach (string field in (ReadOnlySpan<string>)["uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "generation"])
            metadata.Remove(field);
    }

    private static ApiError Terminating(ApiResource resource)
        => new(405, "MethodNotAllowed", "create not allowed while custom resource definition is terminating") { Group = resource.Group, Kind = resource.Plural };

    private static ApiError Taken(ApiResource resource, string name, bool generated) => generated
        ? new ApiError(409, "AlreadyExists", $"{resource.Plural} \"{name}\" already exists, the server was not able to generate a unique name for the object") { Group = resource.Group, Kind = resource.Plural, Name = name, RetryAfterSeconds = 1 }
        : ApiError.AlreadyExists(resource.Group, resource.Plural, name);

    private FieldManager ManagerOf(ApiResource resource, WriteOptions options, string subresource, DateTimeOffset now) => new()
    {
        Name = options.Manager,
        ApiVersion = resource.ApiVersion,
        Kind = resource.Kind,
        Schema = resource.Schema,
        Subresource = subresource.Length == 0 ? null : subresource,
        StatusSubresource = resource.HasStatus,
        Now = now,
        OtherVersions = apiVersion => cluster.Catalog.FindKind(apiVersion, resource.Kind) is { } other && other.Collection == resource.Collection
            ? new ManagedVersion(other.Schema, item => resource.Convert(item, resource.ApiVersion, apiVersion), item => resource.Convert(item, apiVersion, resource.ApiVersion))
            : null,
    };

    // What decoding does to an object: the form of the Go types, then the defaults.
    private static void Decode(ApiResource resource, JsonObject item)
    {
        if (!resource.IsCustom) BuiltInForm.Normalize(item, resource.Schema);
        SchemaDefaults.Apply(item, resource.Schema);
    }

    private static ApiError Refusal(ApplyOutcome outcome) => outcome.Problem is { } problem
        ? new ApiError(500, string.Empty, problem)
        : new ApiError(409, "Conflict", outcome.ConflictMessage) { Causes = [.. outcome.Conflicts.Select(conflict => new StatusCause("FieldManagerConflict", conflict.Message, conflict.Path))] };

    // The letters that a real server draws from: none that could spell a word.
    private static string Suffix() => RandomNumberGenerator.GetString("bcdfghjklmnpqrstvwxz2456789", 5);
}
