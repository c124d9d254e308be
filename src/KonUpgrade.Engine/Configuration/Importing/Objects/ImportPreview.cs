using KonUpgrade.Engine.ApiVersions.Schemas;
using KonUpgrade.Engine.Configuration.Importing.Holding;
using KonUpgrade.Engine.Configuration.Importing.Items;
using KonUpgrade.Engine.Configuration.Importing.Target;
using KonUpgrade.Engine.Foundation.Texts;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Configuration.Importing.Objects;

/// <summary>
/// What an import would do with an object. Nothing is written: the server tries it in a dry run; what needs a namespace or
/// a kind that comes with the same import, which no server tries, is checked against the schema of its kind.
/// </summary>
internal sealed class ImportPreview(
    KubernetesClient client,
    ImportChanges changes,
    TargetServices services,
    ExistingObjects existing,
    ImportLedger ledger,
    PlannedKinds kinds)
{
    private readonly TargetSchemas _schemas = new(client);
    private readonly SchemaCheck _check = new();

    /// <summary>What would become of an object that is about to be written.</summary>
    /// <param name="item">The object.</param>
    /// <param name="resource">What it would be written to.</param>
    /// <param name="body">As it would be written.</param>
    /// <param name="judges">Who judges it, and can't be asked now.</param>
    /// <param name="ask">Asks the server, in a dry run.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<ClusterConfigChange> WriteAsync(
        ImportItem item, ApiResource resource, ImportWorkload body, BackEndState judges, Func<Task<ClusterConfigChange>> ask, CancellationToken cancellationToken)
    {
        var kind = kinds.Find(resource);
        if (kind is { IsNew: true })
            return BySchema(item, resource, body.Created, kind.Schema, Sentences.Join(KindComes(kind), judges.Absent));
        if (ledger.IsNamespaceNew(item))
            return await ByTargetSchemaAsync(item, resource, body, Sentences.Join("Its namespace comes with this import.", judges.Absent), cancellationToken).ConfigureAwait(false);
        try
        {
            if (judges is { Absent: { } absent, MayTry: false })
                return await WithoutJudgesAsync(item, resource, body, absent, cancellationToken).ConfigureAwait(false);
            var change = kind is null
                ? await ask().ConfigureAwait(false)
                : await ByChangedKindAsync(item, kind, body, ask, cancellationToken).ConfigureAwait(false);
            if (judges.Absent is { } later && change.Action is ClusterConfigChangeAction.Created or ClusterConfigChangeAction.Updated)
                return change with { Verified = ImportVerification.None, Reason = Sentences.Join(change.Reason, later) };
            return change.Verified is null ? change with { Verified = ImportVerification.Server } : change;
        }
        catch (KubernetesApiException e) when (DryRunRefusal.Of(e) is { } reason)
        {
            // It was looked for before this came out, and is not there.
            return Created(item, resource.ApiVersion, ImportVerification.None, reason);
        }
        catch (KubernetesApiException e) when (PlannedNeeds.Of(item, body.Created, e, ledger) is { } need)
        {
            return await ByTargetSchemaAsync(item, resource, body, need, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>An object that would be created as far as anybody knows.</summary>
    /// <remarks>It gets a UID for the time of the dry run, by which the server is asked about what it owns.</remarks>
    public ClusterConfigChange Created(ImportItem item, string apiVersion, ImportVerification verified, string reason) =>
        changes.Of(item, apiVersion, ClusterConfigChangeAction.Created) with
        {
            FieldManager = ImportOwner.ManagerOf(item),
            Uid = Guid.NewGuid().ToString(),
            Verified = verified,
            Reason = reason,
        };

    // A kind whose definition the import changes: what the server says goes by the old one, and counts unless that refuses.
    private async Task<ClusterConfigChange> ByChangedKindAsync(
        ImportItem item, PlannedKind kind, ImportWorkload body, Func<Task<ClusterConfigChange>> ask, CancellationToken cancellationToken)
    {
        const string Changes = "Its CustomResourceDefinition is changed by this import.";
        var resource = kind.Resource;
        var served = services.Catalog.Find(resource.Group, resource.Version, resource.Kind) ?? services.Catalog.FindPreferred(resource.Group, resource.Kind);
        try
        {
            if (served is null)
                return BySchema(item, resource, body.Created, kind.Schema, Changes);
            if (served.Version == resource.Version)
                return await ask().ConfigureAwait(false);
            return await existing.BringAsync(item, served, body, cancellationToken).ConfigureAwait(false) is { } there
                ? there with { ApiVersion = resource.ApiVersion }
                : BySchema(item, resource, body.Created, kind.Schema, Changes);
        }
        catch (KubernetesApiException e) when ((e.StatusCode is 400 or 422 || e.Failure.Id == "NotAppliable") && DryRunRefusal.Of(e) is null)
        {
            using var live = await client.GetAsync(served!, item.Key.Namespace, item.Key.Name, cancellationToken).ConfigureAwait(false);
            var change = BySchema(item, resource, body.Created, kind.Schema, Changes);
            return live is null || change.Action == ClusterConfigChangeAction.Failed
                ? change
                : change with { Action = ClusterConfigChangeAction.Updated, FieldManager = ImportOwner.Ours, Uid = live.Uid };
        }
    }

    private async Task<ClusterConfigChange> ByTargetSchemaAsync(
        ImportItem item, ApiResource resource, ImportWorkload body, string why, CancellationToken cancellationToken)
    {
        var (schema, whyNot) = await _schemas.FindAsync(resource, cancellationToken).ConfigureAwait(false);
        return schema is null
            ? Created(item, resource.ApiVersion, ImportVerification.None, $"{why} Not checked: {whyNot}.")
            : BySchema(item, resource, body.Created, schema, why);
    }

    // The server would ask a judge that is not there, and refuse for that alone.
    private async Task<ClusterConfigChange> WithoutJudgesAsync(
        ImportItem item, ApiResource resource, ImportWorkload body, string absent, CancellationToken cancellationToken)
    {
        if (await existing.BringAsync(item, resource, body, cancellationToken, mayTry: false).ConfigureAwait(false) is not { } there)
            return Created(item, resource.ApiVersion, ImportVerification.None, absent);
        return there.Action == ClusterConfigChangeAction.Updated
            ? there with { Verified = ImportVerification.None, Reason = absent }
            : there with { Verified = ImportVerification.Server };
    }

    private ClusterConfigChange BySchema(ImportItem item, ApiResource resource, ReadOnlyMemory<byte> body, ObjectSchema? schema, string why)
    {
        var notChecked = "";
        if (schema is not null)
        {
            using var o = KubernetesObject.Parse(body);
            var verdict = _check.Run(o.Root, schema);
            if (verdict.Problems.Count > 0)
            {
                var failure = ImportFailures.NotOfSchema(item, changes.IsSensitive(item) ? [] : verdict.Problems);
                return changes.Failed(item, resource.ApiVersion, failure) with { Verified = ImportVerification.Schema };
            }
            if (verdict.NotChecked.Count > 0)
                notChecked = $" Not checked: {string.Join(", ", verdict.NotChecked.Take(3))}{(verdict.NotChecked.Count > 3 ? " …" : "")}.";
        }
        return Created(item, resource.ApiVersion, ImportVerification.Schema, why + notChecked);
    }

    private static string KindComes(PlannedKind kind) =>
        $"Its kind comes with this import.{(kind.ConvertedBy is null ? "" : $" The Service {kind.ConvertedBy} converts it.")}";
}
