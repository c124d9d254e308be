using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using KonUpgrade.Benchmarks.Upgrades.Scenes;
using KonUpgrade.Sandbox.Hosting;

namespace KonUpgrade.Benchmarks.Upgrades;

/// <summary>
/// All that the clusters of a scene and their account have, so that it can be compared with another scene: without UIDs,
/// revisions and times, and with generations and the fields' owners, in which what is done twice leaves its trace. Journals,
/// and the leases that they are kept under, are left out, and of clusters that live what comes and goes under names of chance.
/// </summary>
internal sealed partial class EndState
{
    private const string JournalNamespace = "konupgrade";

    // Each cluster's own, new in each scene.
    private const string AuthorityName = "kube-root-ca.crt";

    private const int LongestLine = 400;

    // Nobody has done anything between so many looks at a cluster; and so many are enough.
    private const int QuietLooks = 3;
    private const int MostLooks = 100;

    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(100);

    // What says again and again that it lives.
    private static readonly HashSet<string> s_restless = ["Lease", "Node", "Event", "BackupStorageLocation"];

    // What nodes, controllers and Velero make by themselves and under names of chance, or as long as somebody looks.
    private static readonly HashSet<string> s_fleeting =
        ["Pod", "ReplicaSet", "ControllerRevision", "Event", "Endpoints", "EndpointSlice", "Lease", "Node", "DownloadRequest", "ServerStatusRequest", "PodVolumeBackup", "PodVolumeRestore", "DataUpload", "DataDownload"];

    // What their server writes as often as it gets to it, which their generation counts.
    private static readonly HashSet<string> s_counted = ["Backup", "Restore", "BackupStorageLocation", "AppTarget", "AppRelease", "IngressRequest"];

    // Ids, and what follows from them; times that are numbers.
    private static readonly HashSet<string> s_chance =
        ["RecoveryPointArn", "ParentRecoveryPointArn", "BackupJobId", "ParentJobId", "CreatorRequestId", "EncryptionKeyArn", "StartBy", "CreationDate", "CompletionDate", "InitiationDate", "lastTransitionTime", "clusterIP", "clusterIPs", "asgId", "konupgrade.dev/request"];

    private readonly SortedDictionary<string, SortedDictionary<string, string>> _objects = new(StringComparer.Ordinal);

    // A UID inside another object stands for the object that it is of.
    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);

    // Times of this scene, and not of what was laid into it.
    private readonly DateTimeOffset _begin = DateTimeOffset.UtcNow.AddHours(-1);

    public int ObjectCount => _objects.Count;

    /// <summary>It, as soon as the clusters have come to rest.</summary>
    public static async Task<EndState> OfAsync(SandboxHost host, CancellationToken cancellationToken)
    {
        foreach (var cluster in host.Clusters)
            await RestAsync(cluster, cancellationToken);
        var state = new EndState();
        state.AddClusters(host);
        state.AddAccount(host);
        return state;
    }

    // Controllers answer what nodes do, and nodes what controllers do, until nobody has anything to do.
    private static async Task RestAsync(SandboxCluster cluster, CancellationToken cancellationToken)
    {
        if (cluster.DataPlane is not { } plane)
            return;
        await plane.AdvanceAsync(TimeSpan.FromMinutes(10), cancellationToken);
        var last = SeenOn(cluster);
        for (int looks = 0, quiet = 0; quiet < QuietLooks && looks < MostLooks; looks++)
        {
            await Task.Delay(s_pause, cancellationToken);
            var now = SeenOn(cluster);
            quiet = now == last ? quiet + 1 : 0;
            last = now;
        }
    }

    private static (int Count, long Revision) SeenOn(SandboxCluster cluster)
    {
        var revisions = cluster.Objects().Where(o => !s_restless.Contains(o["kind"]!.GetValue<string>())).Select(o => long.Parse(o["metadata"]!["resourceVersion"]!.GetValue<string>(), CultureInfo.InvariantCulture)).ToList();
        return (revisions.Count, revisions.Max());
    }

    /// <summary>What differs, at most so many lines of it; empty where nothing does.</summary>
    public IReadOnlyList<string> DifferencesTo(EndState reference, int most = 12)
    {
        List<string> lines = [];
        foreach (var name in _objects.Keys.Union(reference._objects.Keys).Order(StringComparer.Ordinal))
        {
            if (!_objects.TryGetValue(name, out var mine))
            {
                lines.Add($"{name} is missing");
            }
            else if (!reference._objects.TryGetValue(name, out var theirs))
            {
                lines.Add($"{name} is there, and should not be");
            }
            else
            {
                lines.AddRange(mine.Keys.Union(theirs.Keys).Order(StringComparer.Ordinal)
                    .Where(field => mine.GetValueOrDefault(field) != theirs.GetValueOrDefault(field))
                    .Select(field => $"{name}: {field} is {mine.GetValueOrDefault(field) ?? "not there"}, should be {theirs.GetValueOrDefault(field) ?? "not there"}"));
            }
        }

        lines = [.. lines.Select(line => line.Length <= LongestLine ? line : $"{line[..LongestLine]} …")];
        return lines.Count <= most ? lines : [.. lines.Take(most), string.Create(CultureInfo.InvariantCulture, $"and {lines.Count - most} more")];
    }

    private void AddClusters(SandboxHost host)
    {
        var objects = host.Clusters.SelectMany(cluster => cluster.Objects().Select(o => (Name: NameOf(cluster.Name, o), Lives: cluster.DataPlane is not null, Object: o)))
            .Where(o => !IsOfJournals(o.Object) && o.Object["metadata"]!["name"]!.GetValue<string>() != AuthorityName).ToList();
        foreach (var (name, _, o) in objects)
        {
            _names[o["metadata"]!["uid"]!.GetValue<string>()] = $"the UID of {name}";
            if (o["status"]?["loadBalancer"]?["ingress"]?[0]?["hostname"] is { } address)
                _names[address.GetValue<string>()] = $"the address of {name}";
        }

        foreach (var (name, lives, o) in objects)
        {
            if (lives && s_fleeting.Contains(o["kind"]!.GetValue<string>()))
                continue;
            var metadata = o["metadata"]!.AsObject();
            foreach (var field in new[] { "uid", "resourceVersion", "creationTimestamp", "deletionTimestamp" })
                metadata.Remove(field);
            if (s_counted.Contains(o["kind"]!.GetValue<string>()))
                metadata.Remove("generation");
            var fields = new SortedDictionary<string, string>(StringComparer.Ordinal);
            if (metadata["managedFields"] is JsonArray managed)
            {
                metadata.Remove("managedFields");
                // When a controller told a status first, in a cluster that lives, is a matter of chance.
                foreach (var entry in managed.OfType<JsonObject>().Where(entry => !lives || entry["subresource"]?.GetValue<string>() != "status"))
                {
                    entry.Remove("time");
                    Flatten(entry["fieldsV1"], $"managed by {entry["manager"]} {entry["operation"]} {entry["apiVersion"]} {entry["subresource"]}", fields);
                }
            }

            Flatten(o, "", fields);
            _objects[Numbered(name)] = fields;
        }
    }

    private void AddAccount(SandboxHost host)
    {
        foreach (var cluster in host.Clusters)
        {
            foreach (var group in host.Eks?.Nodegroups(cluster.Name) ?? [])
                Add($"AWS: node group {group} of {cluster.Name}", JsonValue.Create(host.Eks!.Instances(cluster.Name, group).Count));
        }

        foreach (var role in host.Iam?.Roles ?? [])
            Add($"AWS: role {role.Name}", JsonNode.Parse(role.TrustPolicy));
        foreach (var zone in host.Dns?.Zones ?? [])
        {
            foreach (var record in host.Dns!.Records(zone.Id!))
            {
                var set = XElement.Parse(record);
                Add(Numbered($"AWS: {zone.Name} {set.Element("Type")?.Value} {set.Element("Name")?.Value}"), JsonValue.Create(record));
            }
        }

        foreach (var vault in host.Backup?.Vaults ?? [])
            Add($"AWS: vault {vault["BackupVaultName"]}", vault);
        foreach (var point in host.Backup?.RecoveryPoints ?? [])
            Add(Numbered($"AWS: recovery point of {point["ResourceArn"]} in {point["BackupVaultName"]}"), point);
        foreach (var job in host.Backup?.Jobs ?? [])
            Add(Numbered($"AWS: backup job of {job["ResourceArn"]}"), job);
        foreach (var bucket in host.Velero.Installations.Values.Select(installation => installation.Bucket).Distinct())
        {
            foreach (var file in host.Velero.Files(bucket))
                Add(Numbered($"Velero: {bucket}/{Marked(file)}"), null);
        }
    }

    private void Add(string name, JsonNode? what)
    {
        var fields = new SortedDictionary<string, string>(StringComparer.Ordinal);
        Flatten(what, "", fields);
        _objects[name] = fields;
    }

    // What is made twice is there twice.
    private string Numbered(string name)
    {
        var numbered = name;
        for (var number = 2; _objects.ContainsKey(numbered); number++)
            numbered = string.Create(CultureInfo.InvariantCulture, $"{name} #{number}");
        return numbered;
    }

    private void Flatten(JsonNode? node, string path, SortedDictionary<string, string> fields)
    {
        switch (node)
        {
            case JsonObject { Count: > 0 } map:
                foreach (var (name, inner) in map.Where(member => !s_chance.Contains(member.Key)))
                    Flatten(inner, path.Length == 0 ? Marked(name) : $"{path}.{Marked(name)}", fields);
                break;
            case JsonArray { Count: > 0 } list:
                for (var i = 0; i < list.Count; i++)
                    Flatten(list[i], string.Create(CultureInfo.InvariantCulture, $"{path}[{i}]"), fields);
                break;
            default:
                fields[path] = Marked(node?.ToJsonString() ?? "null");
                break;
        }
    }

    // Each upgrade marks what it makes with an id of its own.
    private string Marked(string text) => Id().Replace(Time().Replace(Mark().Replace(text, "$1the upgrade"), TimeOf), uid => _names.GetValueOrDefault(uid.Value, "an id"));

    private string TimeOf(Match time) =>
        DateTimeOffset.TryParse(time.Value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) && at > _begin ? "a time" : time.Value;

    private string NameOf(string cluster, JsonObject o)
    {
        // A release is called by the time at which its Build came, a volume that a provisioner made by chance; what they are of is not.
        if (o["kind"]!.GetValue<string>() == "AppRelease")
            return $"{cluster}: AppRelease of {o["spec"]?["build"]} in {o["metadata"]!["namespace"]}";
        var named = o["kind"]!.GetValue<string>() == "PersistentVolume" && o["spec"]?["claimRef"] is { } claim ? claim : o["metadata"]!;
        return Marked($"{cluster}: {o["kind"]} {(named["namespace"] is { } ns ? $"{ns}/" : "")}{named["name"]}");
    }

    [GeneratedRegex($"({UpgradeScene.Upgrade}[/a-z-]*)\\b[0-9a-f]{{12}}\\b")]
    private static partial Regex Mark();

    [GeneratedRegex(@"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?Z")]
    private static partial Regex Time();

    // UIDs, volumes and snapshots of EC2, addresses of load balancers, and releases of Konstellation.
    [GeneratedRegex("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|(vol|snap)-[0-9a-f]{17}|k8s(-[a-z0-9]+)+\\.[a-z0-9.-]+\\.amazonaws\\.com|[a-z0-9-]+-[0-9]{8}-[0-9]{4}-[0-9a-f]{5}\\b")]
    private static partial Regex Id();

    private static bool IsOfJournals(JsonObject o) =>
        o["metadata"]!["namespace"]?.GetValue<string>() == JournalNamespace || (o["kind"]!.GetValue<string>() == "Namespace" && o["metadata"]!["name"]!.GetValue<string>() == JournalNamespace);
}
