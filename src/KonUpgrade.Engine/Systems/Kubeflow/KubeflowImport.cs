using System.Text.Json;
using KonUpgrade.Engine.Configuration.Systems;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Systems.Kubeflow;

/// <summary>
/// Kubeflow's objects on their way into another cluster. A Profile whose namespace is there and somebody else's would be
/// taken by the target and then fail, with nothing made: it fails here, and what is in the namespace stays out of it.
/// </summary>
internal sealed class KubeflowImport : IImportHook
{
    private const string Group = "kubeflow.org";
    private const string Owner = "owner";
    private const string Plugin = "AwsIamForServiceAccount";

    private readonly Dictionary<string, string> _owners = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _taken = new(StringComparer.Ordinal);
    private readonly HashSet<string> _unknown = new(StringComparer.Ordinal);
    private bool _holdsSchedules;

    /// <inheritdoc/>
    public bool Concerns(string group, string kind) => group == Group && kind is "Profile" or "ScheduledWorkflow";

    /// <inheritdoc/>
    public void Inspect(KubernetesObject o)
    {
        if (o is { Group: Group, Kind: "Profile" })
            _owners[o.Name] = o.Root.Member("spec").Member("owner").Text("name") ?? "";
    }

    /// <inheritdoc/>
    public int RankOf(ObjectKey key) => 0;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ImportAddition>> PrepareAsync(ImportHookContext context, CancellationToken cancellationToken)
    {
        _holdsSchedules = context.Hold.HasFlag(WorkloadClass.Scheduled);
        foreach (var (name, owner) in _owners)
        {
            try
            {
                using var ns = await context.Target.GetAsync(CoreResources.Namespaces, null, name, cancellationToken).ConfigureAwait(false);
                if (ns is not null && ns.Annotation(Owner) is var there && there != owner)
                    _taken[name] = there is null ? "belongs to nobody (it has no annotation 'owner')" : $"belongs to {there}";
            }
            catch (KubernetesApiException e) when (e.StatusCode is 401 or 403)
            {
                _unknown.Add(name);
                context.Reporter.Verbose($"{context.Target.Target}: whose the namespace {name} is can't be told: {e.Failure.Message}");
            }
        }
        return [];
    }

    /// <inheritdoc/>
    public ImportVerdict Judge(KubernetesObject o) => o switch
    {
        { Group: Group, Kind: "Profile" } => JudgeProfile(o),
        { Group: Group, Kind: "ScheduledWorkflow" } when !_holdsSchedules && o.Root.Member("spec").Member("enabled").ValueKind == JsonValueKind.True =>
            ImportVerdict.Write with { Note = "It is enabled here: as long as it is on the source too, each run begins twice, since both clusters share the pipelines' database." },
        _ => ImportVerdict.Write,
    };

    /// <inheritdoc/>
    public ImportVerdict JudgeExisting(KubernetesObject imported, KubernetesObject live) => ImportVerdict.Write;

    /// <inheritdoc/>
    public void Finished(ObjectKey key, ClusterConfigChange change)
    {
    }

    private ImportVerdict JudgeProfile(KubernetesObject profile)
    {
        if (_taken.TryGetValue(profile.Name, out var whose))
        {
            return ImportVerdict.Fail(new Failure
            {
                Id = "ProfileNamespaceTaken",
                Kind = FailureKind.Conflict,
                Message = $"The namespace {profile.Name} is on the target already and {whose}; the Profile's owner is {_owners.GetValueOrDefault(profile.Name, "")}. The profile controller would make nothing in it.",
                Recommendation = "Remove the namespace, or set its annotation 'owner' to the owner of the Profile, and import again.",
                Target = profile.ToString(),
            });
        }
        var note = _unknown.Contains(profile.Name) ? "Whether its namespace is there already, and whose, could not be told." : null;
        var edits = profile.Root.Member("spec").Objects("plugins").FirstOrDefault(p => p.Text("kind") == Plugin && p.Member("spec").Member("annotateOnly").ValueKind != JsonValueKind.True);
        if (edits.ValueKind == JsonValueKind.Object)
        {
            var role = $"Its plugin {Plugin} edits the trust policy of {edits.Member("spec").Text("awsIamRole") ?? "its role"} and keeps its first statement alone: look at that policy afterwards, or set annotateOnly.";
            note = note is null ? role : $"{note} {role}";
        }
        return note is null ? ImportVerdict.Write : ImportVerdict.Write with { Note = note };
    }
}
