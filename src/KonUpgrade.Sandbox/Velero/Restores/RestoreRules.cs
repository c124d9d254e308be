using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Api;
using KonUpgrade.Sandbox.Velero.Backups;
using KonUpgrade.Sandbox.Velero.Selecting;
using KonUpgrade.Sandbox.Velero.Server;

namespace KonUpgrade.Sandbox.Velero.Restores;

/// <summary>Why a restore is not made.</summary>
internal static class RestoreRules
{
    /// <summary>All that is wrong with it.</summary>
    /// <param name="server">The server.</param>
    /// <param name="spec">What is asked for; where a schedule is named, with its backup.</param>
    public static IReadOnlyList<string> Check(VeleroServer server, JsonObject spec)
    {
        var errors = new List<string>();
        ResourceCatalog catalog = server.Cluster.Catalog;
        string[] never = [.. Metadata.Strings(spec, "includedResources").Where(name => RestoreOrder.Never.Contains(KindNames.Resolve(catalog, name)))];
        errors.AddRange(never.Select(name => $"{name} are non-restorable resources"));
        errors.AddRange(KindNames.Filter(catalog, spec, "includedResources", "excludedResources").Problems().Select(problem => $"Invalid included/excluded resource lists: {problem}"));
        errors.AddRange(BackupSelection.Namespaces(spec).Problems().Select(problem => $"Invalid included/excluded namespace lists: {problem}"));
        if (LabelFilter.IsContradictory(spec)) errors.Add("encountered labelSelector as well as orLabelSelectors in restore spec, only one can be specified");
        if (Metadata.Text(spec, "existingResourcePolicy") is not ("" or "none" or "update")) errors.Add($"restore specified an invalid existingResourcePolicy {Metadata.Text(spec, "existingResourcePolicy")}");
        if (spec["resourceModifier"] is JsonObject modifier && !BackupRules.Exists(server, modifier)) errors.Add($"failed to get resource modifiers configmap {server.Installation.Namespace}/{Metadata.Text(modifier, "name")}: not found");
        CheckBackup(server, spec, errors);
        return errors;
    }

    private static void CheckBackup(VeleroServer server, JsonObject spec, List<string> errors)
    {
        string name = Metadata.Text(spec, "backupName"), schedule = Metadata.Text(spec, "scheduleName");
        if (schedule.Length > 0 && name.Length == 0)
            errors.Add($"No completed backups found for schedule {schedule}");
        else if (name.Length == 0)
            errors.Add("Either a backup or schedule must be specified as a source for the restore, but not both");
        else if (server.Objects.Find("backups", name) is not { } backup)
            errors.Add($"Error retrieving backup: backup {name} was not found");
        else if (server.Location(Metadata.Text(VeleroObjects.SpecOf(backup), "storageLocation")) is not { } location)
            errors.Add($"Error retrieving backup: backup storage location {Metadata.Text(VeleroObjects.SpecOf(backup), "storageLocation")} was not found");
        else if (VeleroObjects.PhaseOf(location) == "Unavailable")
            errors.Add($"the BSL {Metadata.Name(location)} is unavailable, cannot retrieve the backup");
    }
}
