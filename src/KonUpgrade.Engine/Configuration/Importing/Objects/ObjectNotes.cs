using KonUpgrade.Engine.Configuration.Importing.Holding;
using KonUpgrade.Engine.Configuration.Importing.Items;
using KonUpgrade.Engine.Configuration.Importing.Target;
using KonUpgrade.Engine.Foundation.Texts;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests.Descriptions;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Configuration.Importing.Objects;

/// <summary>What is worth knowing of an object once it was written.</summary>
internal sealed class ObjectNotes(OwnerLookup owners, SystemDescription system, bool dryRun)
{
    private readonly IReadOnlyList<SystemAdvice> _advice = [.. system.Advice.Where(advice => advice is { At: UpgradeAdvicePoint.Import, Kinds.Count: > 0 })];

    /// <summary>The change with all that is to be told of the object.</summary>
    /// <param name="change">What became of it.</param>
    /// <param name="passed">What was found of it before.</param>
    /// <param name="source">The object as it was read.</param>
    /// <param name="arriving">As it arrived.</param>
    /// <param name="workload">As it was written.</param>
    /// <param name="claims">The claims that it lacks, or null.</param>
    public ClusterConfigChange On(
        ClusterConfigChange change, PassedObject passed, KubernetesObject source, ArrivingObject arriving, ImportWorkload workload, MissingClaims? claims)
    {
        var item = passed.Item;
        var created = change.Action == ClusterConfigChangeAction.Created;
        if (created || change.Action == ClusterConfigChangeAction.Updated)
            change = change with { Conversion = arriving.Conversion };
        var note = passed.Verdict.Note ?? item.Addition?.Note;
        if (created)
            note = Sentences.Join(note, arriving.OfVolume);
        if (claims is not null && workload.Held is null && change.Action is not (ClusterConfigChangeAction.Skipped or ClusterConfigChangeAction.Failed))
            note = Sentences.Join(note, $"Beware: {claims.Reason}.");
        if (created)
        {
            if (passed.Choice.Renamed)
                note = Sentences.Join(note, $"Written as {passed.Resource.ApiVersion}, since the target does not serve {item.ApiVersion}.");
            note = Sentences.Join(Sentences.Join(Sentences.Join(note, arriving.OfVersion), Finalizers.NoteOn(source)), ImportOwner.NoteOn(item));
        }
        if (created)
        {
            foreach (var advice in _advice.Where(advice => KindPattern.Matches(advice.Kinds, item.Key.Group, item.Key.Kind)))
                note = Sentences.Join(note, advice.Text);
        }
        if (dryRun)
            note = Sentences.Join(note, owners.PlannedOf(item, passed.Owners));
        if (created && workload.Held is not null)
        {
            change = change with { Held = workload.Held, HeldReason = workload.HeldReason };
            note = Sentences.Join(workload.Note, note);
        }
        return note is null ? change : change with { Reason = Sentences.Join(change.Reason, note) };
    }
}
