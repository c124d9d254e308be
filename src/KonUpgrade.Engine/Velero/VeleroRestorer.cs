using System.Globalization;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Velero.Objects;
using KonUpgrade.Engine.Velero.Server;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Velero;

/// <summary>
/// Brings backups into a cluster. A restore that is made before its backup has come there fails for good, and so does one of
/// a storage location that can't be reached: both are waited for or told first, and then it is made, once a request.
/// </summary>
/// <param name="cluster">The cluster that they are brought into.</param>
/// <param name="request">How.</param>
/// <param name="reporter">Told what is decided, and warned.</param>
/// <param name="time">The clock; null for the real one.</param>
public sealed class VeleroRestorer(ClusterConnection cluster, VeleroRestoreRequest request, IReporter reporter, TimeProvider? time = null)
{
    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private readonly VeleroServer _server = new(cluster, request.VeleroNamespace, reporter, time ?? TimeProvider.System);
    private VeleroMaker<VeleroRestore>? _maker;

    /// <summary>Looks whether a backup can be restored, and waits until it has come to the cluster. Nothing is changed.</summary>
    /// <param name="backup">The backup, as another cluster or this one gave it; or one of which only the name is known, with an empty phase.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="UpgradeException">
    /// IdentityUnknown, VeleroNotInstalled, VeleroNotRunning, VeleroBackupNotEnded, VeleroBackupNotComplete, VeleroBackupEmpty,
    /// VeleroBackupNotSynced, VeleroBackupReplaced, StorageLocationNotShared, StorageLocationNotFound, StorageLocationNotAvailable,
    /// VeleroRestoreIntoOlder, NamespaceNotInBackup, NamespaceNameInvalid, KindNotFound, KindNeverRestored, SelectionContradictory,
    /// InvalidLabelSelector, VeleroNameInvalid, VeleroRestoreExists, VeleroFieldNotKnown; or the cluster can't be asked.
    /// </exception>
    public async Task<VeleroPrepared<VeleroRestore>> PrepareAsync(VeleroBackup backup, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(backup);
        VeleroChecks.Consistent(request.Selection);
        foreach (var name in request.NamespaceMapping.Values)
            VeleroChecks.NamespaceName(name);
        if (backup.Phase.Length > 0)
            RequireRestorable(backup);
        var uid = (await cluster.GetIdentityAsync(cancellationToken).ConfigureAwait(false)).Require(cluster.Context.Name);
        await _server.RequireAsync(forBackup: false, cancellationToken).ConfigureAwait(false);
        var kinds = VeleroKinds.OfRestore(_server.Catalog, request.Selection, cluster.Context.Name, reporter);
        var status = VeleroKinds.FindOrComing(_server.Catalog, request.StatusKinds, cluster.Context.Name, reporter);
        if (VeleroKinds.NeverRestored(kinds.Included) is { } never)
            throw new UpgradeException(VeleroFailures.NeverRestored(never));
        var found = await SyncedAsync(backup, uid, cancellationToken).ConfigureAwait(false);
        await RequireFitAsync(found, backup, uid, cancellationToken).ConfigureAwait(false);
        var spec = VeleroSpecs.Restore(request, kinds, status, found.Name);
        // A backup of the same name that is made anew is another content.
        var key = VeleroSpecs.Key(spec, new Dictionary<string, string>(), uid, request.VeleroNamespace, found.StartTimestamp?.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));
        _maker = new VeleroMaker<VeleroRestore>(cluster, request.VeleroNamespace, VeleroResources.Restores, VeleroView.Restore, uid, reporter);
        var (restoreName, existing) = await _maker.FindAsync(request.Name, found.Name, key, cancellationToken).ConfigureAwait(false);
        if (existing is null)
            await _maker.CheckAsync(restoreName, spec, key, new Dictionary<string, string>(), cancellationToken).ConfigureAwait(false);
        return new VeleroPrepared<VeleroRestore>
        {
            Name = restoreName,
            Existing = existing,
            Description = $"{VeleroChecks.Describe(request.Selection, kinds)} of the backup {found.Name}, existing objects {(request.Existing == VeleroExisting.Update ? "updated" : "left as they are")}",
            Key = key,
            Spec = spec,
        };
    }

    /// <summary>Makes it, or finds it: one that the same request made before is given back as it is.</summary>
    /// <param name="prepared">What <see cref="PrepareAsync"/> gave.</param>
    /// <param name="cancellationToken">Stops; it may have been made all the same, and is found by the same request.</param>
    /// <exception cref="UpgradeException">VeleroSilent, VeleroRestoreExists; or what the server says of it.</exception>
    public async Task<VeleroRestore> StartAsync(VeleroPrepared<VeleroRestore> prepared, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(prepared);
        var maker = _maker ?? throw new InvalidOperationException("It was not prepared.");
        if (prepared.Existing is null)
            await _server.AskAsync(cancellationToken).ConfigureAwait(false);
        return await maker.MakeAsync(prepared, new Dictionary<string, string>(), cancellationToken).ConfigureAwait(false);
    }

    private string Name => cluster.Context.Name;

    private void RequireRestorable(VeleroBackup backup)
    {
        if (!backup.HasEnded || backup.Phase == "FailedValidation" || (!backup.Complete && !request.AllowPartial))
            throw new UpgradeException(VeleroFailures.NotRestorable(backup, request.AllowPartial));
    }

    // The backup as this cluster knows it: at once where it is there, else when Velero has found it in the bucket.
    private async Task<VeleroBackup> SyncedAsync(VeleroBackup backup, string uid, CancellationToken cancellationToken)
    {
        var place = new VeleroPlace(Name, uid);
        using (var now = await cluster.Client.GetAsync(VeleroResources.Backups, request.VeleroNamespace, backup.Name, cancellationToken).ConfigureAwait(false))
        {
            if (now is not null)
                return VeleroView.Backup(now, place);
        }

        var wanted = new VeleroBackupName(backup.Name, backup.Bucket, backup.Prefix);
        await RequireSharedAsync(wanted, cancellationToken).ConfigureAwait(false);
        var activity = $"Waiting for the backup {backup.Name} to come to {Name}";
        reporter.Information($"{activity}: Velero looks into the bucket every minute, unless it is told otherwise.");
        reporter.Progress(new ProgressReport { Activity = activity });
        var begun = _time.GetTimestamp();
        try
        {
            VeleroBackup? found = null;
            var (isDone, hindered) = await new ObjectFollower(cluster.Client, reporter, _time).FollowAsync(
                VeleroResources.Backups, request.VeleroNamespace, backup.Name, Look, request.SyncTimeout, cancellationToken).ConfigureAwait(false);
            if (isDone)
                return found!;
            var locations = await _server.LocationsAsync(cancellationToken).ConfigureAwait(false);
            var standing = string.Join("; ", locations.Select(one => $"{one.Name} ({one.Address}) is {one.Phase}, {(one.LastSynced is { } last ? $"synced last at {last.UtcDateTime:u}" : "never synced")}"));
            throw new UpgradeException(VeleroFailures.NotSynced(wanted, Name, _time.GetElapsedTime(begun), $"{standing}.{(hindered is null ? "" : " " + hindered)}"));

            bool Look(KubernetesObject? now)
            {
                found = now is null ? null : VeleroView.Backup(now, place);
                return found is not null;
            }
        }
        finally
        {
            reporter.Progress(new ProgressReport { Activity = activity, Completed = true });
        }
    }

    // Whether it can come at all: what can't is told at once, and not when the time is over.
    private async Task RequireSharedAsync(VeleroBackupName backup, CancellationToken cancellationToken)
    {
        var locations = await _server.LocationsAsync(cancellationToken).ConfigureAwait(false);
        if (locations.Count == 0 && backup.Bucket is null)
            throw new UpgradeException(VeleroFailures.LocationMissing(null, Name, []));
        var shared = backup.Bucket is null ? locations : [.. locations.Where(one => one.Bucket == backup.Bucket && (one.Prefix ?? "") == (backup.Prefix ?? ""))];
        if (shared.Count == 0)
            throw new UpgradeException(VeleroFailures.NotShared(backup, Name, locations));
        if (shared.All(one => one is { IsAvailable: false, Phase: not "New" }))
            await _server.RequireAvailableAsync(shared[0], cancellationToken).ConfigureAwait(false);
        if (shared.All(one => one.SyncPeriod == TimeSpan.Zero))
            throw new UpgradeException(VeleroFailures.NotSynced(backup, Name, TimeSpan.Zero, $"{shared[0].Name} ({shared[0].Address}) has backupSyncPeriod 0s, so Velero never looks for backups there."));
    }

    private async Task RequireFitAsync(VeleroBackup found, VeleroBackup given, string uid, CancellationToken cancellationToken)
    {
        if (given.StartTimestamp is { } meant && found.StartTimestamp is { } there && meant != there)
            throw new UpgradeException(VeleroFailures.BackupReplaced(found.Name, Name));
        RequireRestorable(found);
        foreach (var name in request.Selection.Namespaces.Concat(request.NamespaceMapping.Keys).Where(name => !VeleroChecks.IsPattern(name)))
        {
            var isIn = found.IncludedNamespaces.Count == 0 || found.IncludedNamespaces.Any(one => VeleroChecks.IsPattern(one) || one == name);
            if (!isIn || found.ExcludedNamespaces.Contains(name))
                throw new UpgradeException(VeleroFailures.NamespaceNotInBackup(name, found));
        }

        var version = await cluster.Client.GetVersionAsync(cancellationToken).ConfigureAwait(false);
        if (VeleroSkew.IsOlder(found.SourceVersion, version.Major, version.Minor) == true)
        {
            if (!request.AllowOlderVersion)
                throw new UpgradeException(VeleroFailures.OlderVersion(found, Name, version.GitVersion));
            reporter.Warning($"The backup {found.Name} is of Kubernetes {found.SourceVersion}, and is restored into {version.GitVersion}: objects whose version {Name} does not serve stay behind.");
        }

        if (VeleroSkew.Of(found.VeleroVersion, _server.Version) is { } skew)
            reporter.Warning($"{Name}: {skew}");
        var source = found.SourceClusterUid ?? given.ClusterUid;
        if (source == uid && request.NamespaceMapping.Count == 0)
            reporter.Warning($"The backup {found.Name} was taken of {Name} itself, and is restored into it.");
        var locations = await _server.LocationsAsync(cancellationToken).ConfigureAwait(false);
        if (locations.FirstOrDefault(one => one.Name == found.StorageLocation) is not { } location)
            throw new UpgradeException(VeleroFailures.LocationMissing(found.StorageLocation, Name, [.. locations.Select(one => one.Name)]));
        await _server.RequireAvailableAsync(location, cancellationToken).ConfigureAwait(false);
        if (!location.IsReadOnly && source is not null && source != uid)
        {
            reporter.Warning(
                $"The storage location {location.Name} of {Name} is writable, and the backup {found.Name} is of another cluster: either Velero may remove what has expired, or overwrite what the other made. Make it ReadOnly there as long as both stand: kubectl -n {request.VeleroNamespace} patch backupstoragelocation {location.Name} --type merge -p '{{\"spec\":{{\"accessMode\":\"ReadOnly\"}}}}'");
        }
    }
}
