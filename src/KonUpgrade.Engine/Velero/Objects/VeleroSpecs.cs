using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Velero.Objects;

/// <summary>
/// Makes Backups and Restores of what is asked for. What is not said is not written, so that the server's own settings
/// hold. The same request always gives the same bytes, which its key is the hash of.
/// </summary>
internal static class VeleroSpecs
{
    // How much of the key a name carries: enough to tell the requests of one cluster apart.
    private const int NameLength = 8;
    private const int KeyLength = 40;

    /// <summary>The spec of a backup.</summary>
    /// <param name="request">What is asked for.</param>
    /// <param name="resources">Its kinds as Velero names them, and those that are left out.</param>
    /// <param name="storageLocation">The storage location.</param>
    /// <exception cref="UpgradeException">InvalidLabelSelector.</exception>
    public static JsonObject Backup(VeleroBackupRequest request, VeleroKinds resources, string storageLocation)
    {
        var spec = Selected(request.Selection, resources);
        spec["storageLocation"] = storageLocation;
        if (request.VolumeSnapshotLocations.Count > 0)
            spec["volumeSnapshotLocations"] = Texts(request.VolumeSnapshotLocations);
        switch (request.Volumes)
        {
            case VeleroVolumes.Snapshot:
                spec["snapshotVolumes"] = true;
                spec["defaultVolumesToFsBackup"] = false;
                break;
            case VeleroVolumes.SnapshotAndMove:
                spec["snapshotVolumes"] = true;
                spec["snapshotMoveData"] = true;
                spec["defaultVolumesToFsBackup"] = false;
                break;
            case VeleroVolumes.FileSystem:
                // Volumes that no pod has mounted can't be read file by file: whether they are snapshotted stays the server's.
                spec["defaultVolumesToFsBackup"] = true;
                break;
            case VeleroVolumes.None:
                spec["snapshotVolumes"] = false;
                spec["defaultVolumesToFsBackup"] = false;
                break;
        }

        Set(spec, "ttl", request.Ttl);
        if (request.Hooks is { Count: > 0 } hooks)
            spec["hooks"] = new JsonObject { ["resources"] = hooks.DeepClone() };
        if (request.OrderedResources.Count > 0)
            spec["orderedResources"] = Table(request.OrderedResources);
        if (request.ResourcePolicy is { } policy)
            spec["resourcePolicy"] = ConfigMap(policy);
        Set(spec, "csiSnapshotTimeout", request.CsiSnapshotTimeout);
        Set(spec, "itemOperationTimeout", request.ItemOperationTimeout);
        return spec;
    }

    /// <summary>The spec of a restore.</summary>
    /// <param name="request">What is asked for.</param>
    /// <param name="resources">Its kinds as Velero names them, and those that are left out.</param>
    /// <param name="status">The kinds whose status is restored, as Velero names them.</param>
    /// <param name="backupName">The backup.</param>
    /// <exception cref="UpgradeException">InvalidLabelSelector.</exception>
    public static JsonObject Restore(VeleroRestoreRequest request, VeleroKinds resources, IReadOnlyList<string> status, string backupName)
    {
        var spec = Selected(request.Selection, resources);
        spec["backupName"] = backupName;
        if (request.NamespaceMapping.Count > 0)
            spec["namespaceMapping"] = Table(request.NamespaceMapping);
        // Not said where it is the server's own: a server of before 1.9 does not know the field.
        if (request.Existing == VeleroExisting.Update)
            spec["existingResourcePolicy"] = "update";
        if (status.Count > 0)
            spec["restoreStatus"] = new JsonObject { ["includedResources"] = Texts(status) };
        if (request.RestoreVolumes is { } volumes)
            spec["restorePVs"] = volumes;
        if (request.PreserveNodePorts is { } ports)
            spec["preserveNodePorts"] = ports;
        if (request.Hooks is { Count: > 0 } hooks)
            spec["hooks"] = new JsonObject { ["resources"] = hooks.DeepClone() };
        if (request.ResourceModifier is { } modifier)
            spec["resourceModifier"] = ConfigMap(modifier);
        Set(spec, "itemOperationTimeout", request.ItemOperationTimeout);
        return spec;
    }

    /// <summary>What makes a request one and the same: where, what, and of which content.</summary>
    /// <param name="spec">What is asked for.</param>
    /// <param name="labels">The labels that it is to have.</param>
    /// <param name="place">The cluster, the namespace, and what else the content depends on.</param>
    public static string Key(JsonObject spec, IReadOnlyDictionary<string, string> labels, params ReadOnlySpan<string?> place)
    {
        var text = new StringBuilder();
        foreach (var part in place)
            text.Append(part).Append('\n');
        text.Append(JsonTree.Text(spec)).Append('\n').Append(JsonTree.Text(Table(labels)));
        return Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())))[..KeyLength].ToLowerInvariant();
    }

    /// <summary>The name of one that was not named: by its request, and how manieth it is of the same request.</summary>
    public static string Name(string prefix, string key, int number) => FormattableString.Invariant($"{prefix}-{key[..NameLength]}-{number}");

    /// <summary>The number in a name that <see cref="Name"/> made; 0 for another name.</summary>
    public static int Number(string name, string prefix, string key)
    {
        var begin = $"{prefix}-{key[..NameLength]}-";
        return name.StartsWith(begin, StringComparison.Ordinal) && int.TryParse(name.AsSpan(begin.Length), System.Globalization.NumberStyles.None, null, out var number) ? number : 0;
    }

    /// <summary>The object as it is created.</summary>
    public static byte[] Object(ApiResource resource, string @namespace, string name, JsonObject spec, IReadOnlyDictionary<string, string> labels, IReadOnlyDictionary<string, string> annotations)
    {
        var metadata = new JsonObject { ["name"] = name, ["namespace"] = @namespace, ["labels"] = Table(labels) };
        if (annotations.Count > 0)
            metadata["annotations"] = Table(annotations);
        return JsonTree.Write(new JsonObject { ["apiVersion"] = resource.ApiVersion, ["kind"] = resource.Kind, ["metadata"] = metadata, ["spec"] = spec.DeepClone() });
    }

    private static JsonObject Selected(VeleroScope selection, VeleroKinds resources)
    {
        var spec = new JsonObject();
        SetTexts(spec, "includedNamespaces", selection.Namespaces);
        SetTexts(spec, "excludedNamespaces", selection.ExcludedNamespaces);
        SetTexts(spec, "includedResources", resources.Included);
        SetTexts(spec, "excludedResources", resources.Excluded);
        if (selection.IncludeClusterResources is { } include)
            spec["includeClusterResources"] = include;
        var selectors = selection.LabelSelectors.Select(Selector).ToList();
        // The two are refused together; one alone is the older field, which every version knows.
        if (selectors.Count == 1)
            spec["labelSelector"] = selectors[0];
        else if (selectors.Count > 1)
            spec["orLabelSelectors"] = new JsonArray([.. selectors]);
        return spec;
    }

    private static JsonNode Selector(string text) => (LabelSelector.Read(text) is { IsEmpty: false } selector ? selector.ToJson() : null) ?? throw new UpgradeException(new Failure
    {
        Id = "InvalidLabelSelector",
        Kind = FailureKind.InvalidArgument,
        Message = $"'{text}' is no label selector that Velero takes.",
        Recommendation = "Write it as kubectl takes it, without comparisons of numbers: app=web,tier in (a,b),!old.",
        Target = text,
    });

    private static void SetTexts(JsonObject spec, string name, IReadOnlyList<string> texts)
    {
        if (texts.Count > 0)
            spec[name] = Texts(texts);
    }

    private static void Set(JsonObject spec, string name, TimeSpan? time)
    {
        if (time is { } span)
            spec[name] = GoDuration.Write(span);
    }

    private static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Select(text => (JsonNode?)text)]);

    private static JsonObject Table(IReadOnlyDictionary<string, string> table) =>
        new(table.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => KeyValuePair.Create(entry.Key, (JsonNode?)entry.Value)));

    private static JsonObject ConfigMap(string name) => new() { ["kind"] = "ConfigMap", ["name"] = name };
}
