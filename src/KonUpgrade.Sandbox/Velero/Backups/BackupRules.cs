using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Api;
using KonUpgrade.Sandbox.DataPlane;
using KonUpgrade.Sandbox.Storage;
using KonUpgrade.Sandbox.Velero.Selecting;
using KonUpgrade.Sandbox.Velero.Server;

namespace KonUpgrade.Sandbox.Velero.Backups;

/// <summary>Why a backup is not made.</summary>
internal static class BackupRules
{
    /// <summary>All that is wrong with it.</summary>
    /// <param name="server">The server.</param>
    /// <param name="spec">What is asked for, with its defaults.</param>
    public static IReadOnlyList<string> Check(VeleroServer server, JsonObject spec)
    {
        var errors = new List<string>();
        CheckLocation(server, Metadata.Text(spec, "storageLocation"), errors);
        errors.AddRange(BackupSelection.Namespaces(spec).Problems().Select(problem => $"Invalid included/excluded namespace lists: {problem}"));
        if (KindSelection.IsMixed(spec))
        {
            errors.Add("include-resources, exclude-resources and include-cluster-resources are old filter parameters, the cluster-scoped and namespace-scoped lists are new filter parameters: they cannot be used together");
        }
        errors.AddRange(new KindSelection(server.Cluster.Catalog, spec, allNamespaces: true).Problems().Select(problem => $"Invalid included/excluded resource lists: {problem}"));
        if (LabelFilter.IsContradictory(spec)) errors.Add("encountered labelSelector as well as orLabelSelectors in backup spec, only one can be specified");
        foreach (string name in Metadata.Strings(spec, "volumeSnapshotLocations"))
        {
            if (server.Objects.Find("volumesnapshotlocations", name) is null) errors.Add($"a VolumeSnapshotLocation CRD for the location {name} with the name specified in the backup spec needs to be created before this snapshot can be executed");
        }
        foreach (string field in (ReadOnlySpan<string>)["ttl", "csiSnapshotTimeout", "itemOperationTimeout"])
        {
            if (GoDurations.Read(Metadata.Text(spec, field)) is null) errors.Add($"invalid {field}: time: invalid duration \"{Metadata.Text(spec, field)}\"");
        }
        if (spec["resourcePolicy"] is JsonObject policy && !Exists(server, policy)) errors.Add($"fail to get ResourcePolicies {server.Installation.Namespace}/{Metadata.Text(policy, "name")} ConfigMap: not found");
        return errors;
    }

    /// <summary>A ConfigMap that is referred to is there.</summary>
    public static bool Exists(VeleroServer server, JsonObject reference)
        => Metadata.Text(reference, "kind").Equals("configmap", StringComparison.OrdinalIgnoreCase)
        && server.Cluster.Store.Find(server.Cluster.BuiltIn(string.Empty, "configmaps").Collection, StoredObject.KeyOf(server.Installation.Namespace, Metadata.Text(reference, "name"))) is not null;

    private static void CheckLocation(VeleroServer server, string name, List<string> errors)
    {
        if (name.Length == 0)
            errors.Add("an existing backup storage location was not specified at backup creation time and the server default 'default' does not exist");
        else if (server.Location(name) is not { } location)
            errors.Add($"an existing backup storage location was not found: backup storage location named {name} was not found");
        else if (Fields.Text(location["spec"], "accessMode") == "ReadOnly")
            errors.Add($"backup can't be created because backup storage location {name} is currently in read-only mode");
        else if (VeleroObjects.PhaseOf(location) == "Unavailable")
            errors.Add($"backup can't be created because BackupStorageLocation {name} is in Unavailable status");
    }
}
