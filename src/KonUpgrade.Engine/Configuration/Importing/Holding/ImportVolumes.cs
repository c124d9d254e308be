using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using KonUpgrade.Engine.Configuration.Importing.Items;
using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Configuration.Importing.Holding;

/// <summary>
/// What becomes of claims and volumes, and which claims of the source are missed on the target: a StatefulSet would get
/// new and empty ones in their place.
/// </summary>
internal sealed class ImportVolumes(VolumeHandling handling)
{
    // What binding and provisioning on the source wrote (the rules of an export clear them, too).
    private static readonly string[] s_ofBinding =
    [
        "pv.kubernetes.io/bind-completed", "pv.kubernetes.io/bound-by-controller", "volume.beta.kubernetes.io/storage-provisioner",
        "volume.kubernetes.io/storage-provisioner", "volume.kubernetes.io/selected-node",
    ];

    private readonly Dictionary<string, HashSet<string>> _ofSource = new(StringComparer.Ordinal);
    private readonly Dictionary<(string? Namespace, string Name), string> _volumes = [];
    private readonly Dictionary<string, string> _notes = new(StringComparer.Ordinal);

    /// <summary>A claim that the source had, whether it is imported or not.</summary>
    public void HadClaim(ObjectKey claim)
    {
        if (claim.Namespace is not { } ns)
            return;
        if (!_ofSource.TryGetValue(ns, out var names))
            _ofSource[ns] = names = new HashSet<string>(StringComparer.Ordinal);
        names.Add(claim.Name);
    }

    /// <summary>Why an object of a kind is left alone, or null.</summary>
    public string? WhyNot(string group, string kind) => (group, kind, handling) switch
    {
        ("", "PersistentVolumeClaim", VolumeHandling.Skip) =>
            "Its data does not move with it, and an empty volume would shadow the data: leave it to the tool that moves the data (or see -Volume).",
        ("", "PersistentVolume", VolumeHandling.Skip) => "It stands for storage that the source still uses: leave it to the tool that moves the data (or see -Volume).",
        ("", "PersistentVolume", VolumeHandling.Reprovision) => "The target makes new volumes for the claims (-Volume Reprovision).",
        _ => null,
    };

    /// <summary>Looks at the volumes and claims before anything is written: which can be reached, and which claim belongs to which.</summary>
    /// <returns>The items that are imported; the others are added to those that are skipped or failed.</returns>
    public async Task<List<ImportItem>> PrepareAsync(
        List<ImportItem> items, List<(ImportItem, string)> skipped, List<(ImportItem, Failure)> failed, string target, IReporter reporter, CancellationToken cancellationToken)
    {
        if (handling == VolumeHandling.Skip)
            return items;
        if (handling == VolumeHandling.Reprovision)
        {
            var claims = items.Count(IsClaim);
            if (claims > 0)
                reporter.Warning(string.Create(CultureInfo.InvariantCulture, $"{claims} claim(s) get new, empty volumes on {target} (-Volume Reprovision): no data comes with them, and data that is restored later finds them in its place."));
            return items;
        }

        var kept = new List<ImportItem>(items.Count);
        var away = new Dictionary<(string? Namespace, string Name), string>();
        int oneNode = 0, unknown = 0, deleting = 0;
        foreach (var item in items)
        {
            if (item.Key is not { Group: "", Kind: "PersistentVolume" })
            {
                kept.Add(item);
                continue;
            }

            try
            {
                using var volume = await item.File!.LoadAsync(cancellationToken).ConfigureAwait(false);
                var reach = VolumeReach.Of(volume);
                var claim = volume.Root.Member("spec").Member("claimRef");
                var key = claim.Text("name") is { Length: > 0 } name ? (claim.Text("namespace"), name) : default((string?, string)?);
                if (reach.Kind == VolumeReachKind.OneNodesDisk)
                {
                    var reason = $"Its data is on a node of the source ({reach.Driver}), where the target can't reach it.";
                    skipped.Add((item, reason));
                    if (key is { } lost)
                        away[lost] = reason;
                    continue;
                }

                if (key is { } bound)
                    _volumes[bound] = item.Key.Name;
                oneNode += reach.Kind == VolumeReachKind.OneNodeAtATime ? 1 : 0;
                unknown += reach.Kind == VolumeReachKind.Unknown ? 1 : 0;
                if (volume.Root.Member("spec").Text("persistentVolumeReclaimPolicy") == "Delete")
                {
                    deleting++;
                    _notes[item.Key.Name] = "Its reclaim policy was Delete and is Retain here; on the source it would still delete the storage with the claim.";
                }

                kept.Add(item);
            }
            catch (UpgradeException exception)
            {
                failed.Add((item, exception.Failure));
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException)
            {
                failed.Add((item, ImportFailures.Unreadable(item, exception)));
            }
        }

        if (oneNode > 0)
            reporter.Warning($"{oneNode} volume(s) can be attached at one node at a time, and only in their own zone: on {target} they can be used when nothing on the source uses them any more.");
        if (unknown > 0)
            reporter.Warning($"{unknown} volume(s) are of drivers of which it is not known here whether {target} can reach them.");
        if (deleting > 0)
            reporter.Warning($"{deleting} volume(s) have the reclaim policy Delete on the source: deleting their claims there would delete the storage that {target} uses. Set Retain there first.");
        return KeepBound(kept, away, skipped);
    }

    /// <summary>The object as it arrives; null where it arrives as it is.</summary>
    /// <param name="source">A claim or a volume, or anything else.</param>
    /// <param name="note">What is worth knowing about it, or null.</param>
    public KubernetesObject? Shape(KubernetesObject source, out string? note)
    {
        note = null;
        if (handling == VolumeHandling.Skip || source.Group.Length > 0 || source.Kind is not ("PersistentVolumeClaim" or "PersistentVolume"))
            return null;
        var tree = JsonTree.Parse(source.Json);
        if (tree["spec"] is not JsonObject spec)
            return null;
        if (tree["metadata"] is JsonObject { } metadata && metadata["annotations"] is JsonObject annotations)
        {
            foreach (var name in s_ofBinding)
                annotations.Remove(name);
        }

        if (source.Kind == "PersistentVolume")
            note = ShapeVolume(tree, spec, source.Name);
        else if (handling == VolumeHandling.Static)
            spec["volumeName"] = _volumes[(source.Namespace, source.Name)];
        else
            note = ShapeClaim(spec);
        return KubernetesObject.Parse(JsonTree.Write(tree));
    }

    /// <summary>
    /// The claims that a workload needs: those that its Pods name, and those that hold the data of a StatefulSet. The claim
    /// of a generic ephemeral volume is made with each Pod, and is none of them.
    /// </summary>
    /// <remarks>With Reprovision data is not expected: what the source is not known to have had is made, empty, as was asked for.</remarks>
    public IReadOnlyList<ObjectKey> ClaimsOf(KubernetesObject o)
    {
        var ofSet = new StatefulSetClaims(ns => _ofSource.GetValueOrDefault(ns) ?? []).Of(o, derive: handling != VolumeHandling.Reprovision);
        var claims = PodReferences.Of(o).Where(key => key.Kind == "PersistentVolumeClaim")
            .Concat(ofSet.Select(name => new ObjectKey("", "PersistentVolumeClaim", o.Namespace, name)));
        return [.. claims.OrderBy(claim => claim.Name, StringComparer.Ordinal)];
    }

    // A claim without its volume would be given a new and empty one.
    private List<ImportItem> KeepBound(List<ImportItem> items, Dictionary<(string? Namespace, string Name), string> away, List<(ImportItem, string)> skipped)
    {
        var kept = new List<ImportItem>(items.Count);
        foreach (var item in items)
        {
            if (!IsClaim(item) || _volumes.ContainsKey((item.Key.Namespace, item.Key.Name)))
                kept.Add(item);
            else
                skipped.Add((item, away.GetValueOrDefault((item.Key.Namespace, item.Key.Name), "Its volume is not in the import, and without it the target would make a new and empty one.")));
        }

        return kept;
    }

    private string? ShapeVolume(JsonObject tree, JsonObject spec, string name)
    {
        spec["persistentVolumeReclaimPolicy"] = "Retain";
        if (spec["claimRef"] is JsonObject claim)
        {
            claim.Remove("uid");
            claim.Remove("resourceVersion");
        }

        // The target's own attacher and provisioner put theirs on; those of the source would keep the volume for ever.
        if (tree["metadata"] is JsonObject metadata && metadata["finalizers"] is JsonArray finalizers)
        {
            foreach (var finalizer in finalizers.ToList())
            {
                if (finalizer?.GetValue<string>() is { } text && (text.StartsWith("external-attacher/", StringComparison.Ordinal) || text.StartsWith("external-provisioner.", StringComparison.Ordinal)))
                    finalizers.Remove(finalizer);
            }
        }

        return _notes.GetValueOrDefault(name);
    }

    private static string ShapeClaim(JsonObject spec)
    {
        spec.Remove("volumeName");
        var copied = spec.Remove("dataSource") | spec.Remove("dataSourceRef");
        return copied ? "It gets a new, empty volume; what it was once made from is not looked for." : "It gets a new, empty volume.";
    }

    private static bool IsClaim(ImportItem item) => item.Key is { Group: "", Kind: "PersistentVolumeClaim" };
}
