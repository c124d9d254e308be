using KonUpgrade.Engine.Configuration.Importing.Items;
using KonUpgrade.Engine.Configuration.Importing.Target;
using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Workloads;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Configuration.Importing.Objects;

/// <summary>
/// Who owns fields after an import. A server gives every field that is sent to the manager in whose name it is sent:
/// where that is not who should own it, the entries of managedFields are put right in one more write. Where that fails
/// the object is there all the same, and what is told says who owns what; unless the import is part of something that
/// repeats it until it is whole: then it has failed.
/// </summary>
internal sealed class ImportOwnership(KubernetesClient client, Autoscaled autoscaled, ImportChanges changes, bool isRepeated, TimeProvider time)
{
    private static readonly FieldPath s_replicas = FieldPath.Of("spec", "replicas");
    private static readonly FieldPath s_mark = FieldPath.Of("metadata", "annotations", WorkloadHold.UpgradeAnnotation);
    private readonly OwnershipWriter _entries = new(client, time);

    /// <summary>
    /// Of an object that was created in its owner's name, the fields that hold it and the replicas that an autoscaler sets
    /// become ours. The manifests of its owner know neither, and what an owner no longer applies goes back to its default.
    /// That concerns owners by update, too: kubectl and Helm turn what they own into what they apply. So becomes the mark of
    /// the upgrade that made it, where its owner applies: an undo knows by it what to hold and what to remove.
    /// </summary>
    /// <param name="item">The object.</param>
    /// <param name="resource">What it was written to.</param>
    /// <param name="created">It, as it was created.</param>
    /// <param name="creator">In whose name.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Who owns the fields, where that could not be put right.</returns>
    public async Task<string?> OfCreatedAsync(ImportItem item, ApiResource resource, KubernetesObject created, FieldManager creator, CancellationToken cancellationToken)
    {
        if (creator.Manager == ImportOwner.Ours)
            return null;
        List<FieldPath> paths = [];
        try
        {
            var scaled = await autoscaled.ScalesAsync(item.Key, created.Root, cancellationToken).ConfigureAwait(false);
            paths = PathsOf(created, creator, scaled);
            if (paths.Count > 0)
                await _entries.WriteAsync(resource, created, o => FieldTransfer.Move(o, creator, ImportOwner.Ours, PathsOf(o, creator, scaled), time.GetUtcNow()), cancellationToken).ConfigureAwait(false);
            return null;
        }
        catch (UpgradeException e) when (!isRepeated)
        {
            var fields = paths.Count > 0 ? string.Join(", ", paths) : "what holds or scales it";
            return $"Beware: {creator.Manager} owns {fields}, and its next apply may undo them: {changes.FailureOf(item, e).Message}";
        }
    }

    /// <summary>
    /// Of an object that was applied in our name, what others own as well is theirs alone: it was so before, and a
    /// second owner would be a conflict at the next change that they make.
    /// </summary>
    /// <param name="item">The object.</param>
    /// <param name="resource">What it was written to.</param>
    /// <param name="applied">It, as it was applied.</param>
    /// <param name="owner">Who owns what was applied, where it is not ours; null where it is.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Who owns the fields, where that could not be put right.</returns>
    public async Task<string?> OfAppliedAsync(ImportItem item, ApiResource resource, KubernetesObject applied, FieldManager? owner, CancellationToken cancellationToken)
    {
        try
        {
            await _entries.WriteAsync(
                resource,
                applied,
                o => owner is null || owner.Manager == ImportOwner.Ours
                    ? FieldTransfer.GiveUpShared(o, ImportOwner.Ours)
                    : FieldTransfer.MoveAll(o, new FieldManager(ImportOwner.Ours, "Apply"), owner, time.GetUtcNow()),
                cancellationToken).ConfigureAwait(false);
            return null;
        }
        catch (UpgradeException e) when (!isRepeated)
        {
            return $"Beware: {ImportOwner.Ours} owns all fields that were applied beside their owners, for whom that is a conflict when they apply a change: {changes.FailureOf(item, e).Message}";
        }
    }

    /// <summary>Whether we own fields of an object by apply.</summary>
    public static bool HasApplied(KubernetesObject live) => live.Metadata.Objects("managedFields").Any(m =>
        m.Text("manager") == ImportOwner.Ours && m.Text("operation") == "Apply" && m.Text("subresource") is null or "");

    private static List<FieldPath> PathsOf(KubernetesObject o, FieldManager creator, bool scaled)
    {
        var paths = WorkloadHold.PathsOf(o).ToList();
        if (scaled && !paths.Contains(s_replicas))
            paths.Add(s_replicas);
        if (creator.Operation == "Apply" && o.Annotation(WorkloadHold.UpgradeAnnotation) is not null && !paths.Contains(s_mark))
            paths.Add(s_mark);
        return paths;
    }
}
